# A work queue: one station gives out work, three workers share it. Everything lies in a folder of its own.
[CmdletBinding()]
param([string] $Mailbox, [int] $Count = 12)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot ../../SecureStation.psd1)
$folder = [IO.Directory]::CreateTempSubdirectory('station-work-').FullName
$stores = @{ KeyStore = Join-Path $folder keys; TrustStore = Join-Path $folder peers }
try {
    # Who gives out work, and the crew: each knows the other by its card.
    foreach ($name in 'boss', 'crew') {
        $null = New-StationKeyPair $name -KeyStore $stores.KeyStore
        Export-StationCard $name (Join-Path $folder "$name.card") -KeyStore $stores.KeyStore
        Import-StationCard (Join-Path $folder "$name.card") | Add-StationPeer -Name $name -Accept -TrustStore $stores.TrustStore
    }

    $box = $Mailbox ? (Connect-StationMailbox $Mailbox -Create) : (Connect-StationMailbox (Join-Path $folder mail))
    1..$Count | ForEach-Object { @{ Number = $_ } } | Send-StationMessage -Mailbox $box -To crew -KeyPair boss @stores

    # Three workers. Each ends when nothing has come for some seconds; a real one goes on.
    $workers = foreach ($worker in 1..3) {
        Start-ThreadJob -ArgumentList $worker {
            param($worker)
            Import-Module (Join-Path $using:PSScriptRoot ../../SecureStation.psd1)
            $stores = $using:stores
            while ($true) {
                try {
                    Receive-StationMessage -Mailbox $using:box -KeyPair crew @stores -Wait -TimeoutSec 3 -ErrorAction Stop | ForEach-Object {
                        # Worker 2 fails at its first piece of work, as programs do.
                        if ($worker -eq 2 -and -not $failed) { $failed = $true; throw 'worker 2 has failed' }
                        [pscustomobject]@{ Number = $_.Body.Number; Worker = $worker; Redelivered = $_.Redelivered }
                    }
                } catch {
                    if ($_.FullyQualifiedErrorId -like 'Timeout,*') { return }
                    if ("$_" -ne 'worker 2 has failed') { throw }
                }
            }
        }
    }
    $workers | Receive-Job -Wait -AutoRemoveJob | Sort-Object Number | Select-Object Number, Worker, Redelivered
    $box | Disconnect-StationMailbox
} finally {
    Remove-Item $folder -Recurse -Force
}
