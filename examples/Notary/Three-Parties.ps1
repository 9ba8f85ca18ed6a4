<#
.SYNOPSIS
The old document notary's three programs in one run: a server that signs, a first client, a second client that verifies and answers.
.DESCRIPTION
Once as the old programs talk (insecure, kept for what still speaks it), and once as stations do it: the notary's timestamp by RFC 3161, the
document over an encrypted session, the verdict as the reply.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$manifest = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1')
if (-not (Get-Module SecureStation)) {
    Import-Module $manifest
}

$work = [IO.Directory]::CreateTempSubdirectory('three-parties-').FullName
try {
    'I owe you ten coins.' | Set-Content "$work/mytext"

    # As the old programs do it. Each party's public key lies in one folder; the client's key is longer than the server's, which it has to be.
    $keys = (New-Item -ItemType Directory "$work/PUBLIC_DIR").FullName
    $serverKey = New-StationKeyPair -Algorithm Rsa -KeySize 2048
    $clientKey = New-StationKeyPair -Algorithm Rsa -KeySize 3328
    Set-Content "$keys/server_publickey.bin" $serverKey.PublicKey.ToPem()
    Set-Content "$keys/1000_publickey.bin" $clientKey.PublicKey.ToPem()
    $old = @{ Protocol = 'DocumentNotary'; AllowLegacy = $true; WarningAction = 'SilentlyContinue' }
    $server = Start-StationNotary @old -KeyPair $serverKey -PublicKeyDirectory $keys -Port 0
    $second = Start-ThreadJob {
        Import-Module $using:manifest
        Receive-StationDocument -Protocol DocumentNotary -AllowLegacy -WarningAction SilentlyContinue -Port 0 -Verbose -Password mysecretpassword -PublicKeyDirectory $using:keys -TimeoutSec 60
    }
    $receipt = Request-StationTimestamp "$work/mytext" @old -Uri $server.Uri -KeyPair $clientKey -PublicKeyDirectory $keys
    # At port 0 it listens where a port is free, and says which one.
    while ("$($second.Verbose)" -notmatch 'Listening on port (\d+)' -and $second.State -in 'NotStarted', 'Running') { Start-Sleep -Milliseconds 50 }
    Send-StationDocument "$work/mytext" @old -HostName localhost -Port $Matches[1] -Password mysecretpassword -Timestamp $receipt
    $second | Receive-Job -Wait -AutoRemoveJob
    Stop-StationNotary $server

    # As stations do it.
    $received = (New-Item -ItemType Directory "$work/received").FullName
    $certificate = New-StationNotaryCertificate -Algorithm EcdsaP256
    $certificate.ExportCertificatePem() | Set-Content "$work/notary.pem"
    $notary = Start-StationNotary $certificate
    $listener = Start-StationListener
    $second = Start-ThreadJob {
        Import-Module $using:manifest
        $session = Wait-StationSession $using:listener -TimeoutSec 60
        Receive-StationDocument $session $using:received -TrustedCertificate "$using:work/notary.pem" -TimeoutSec 60
    }
    $session = Connect-Station $listener.Invitation
    $null = Request-StationTimestamp "$work/mytext" -Uri $notary.Uri
    Send-StationDocument "$work/mytext" -Session $session
    $second | Receive-Job -Wait -AutoRemoveJob
    Disconnect-Station $session
    Stop-StationListener $listener
    Stop-StationNotary $notary
} finally {
    Remove-Item -Recurse -Force $work
}
