<#
.SYNOPSIS
Has a notary stamp every file of a folder, and says which stamps hold.
.DESCRIPTION
Run it again later: files that have a stamp are only tested, new ones are stamped. Without -Uri a notary is started for the run, with a
certificate made for it, and a log beside the folder.
.EXAMPLE
./Notarise-Folder.ps1 ./contracts -Uri https://tsa.example.org/ -TrustedCertificate ./tsa-root.pem
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Uri] $Uri,
    [string] $TrustedCertificate
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module SecureStation)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1'))
}

$folder = (Resolve-Path $Path).ProviderPath
$notary = $null
if (-not $Uri) {
    $TrustedCertificate = "$folder.notary.pem"
    $certificate = New-StationNotaryCertificate -Subject 'CN=Notary of this folder' -Algorithm EcdsaP256
    $certificate.ExportCertificatePem() | Add-Content $TrustedCertificate
    $notary = Start-StationNotary $certificate -LogPath "$folder.notary.log"
    $Uri = $notary.Uri
}

try {
    $files = Get-ChildItem -LiteralPath $folder -File -Recurse | Where-Object Extension -NE '.tsr'
    $files | Where-Object { -not (Test-Path -LiteralPath "$($_.FullName).tsr") } | Request-StationTimestamp -Uri $Uri | Out-Null
    $trust = if ($TrustedCertificate) { @{ TrustedCertificate = $TrustedCertificate } } else { @{} }
    $files | Test-StationTimestamp @trust -Detailed
} finally {
    if ($notary) {
        # Keep this elsewhere: with it, a log whose end was cut off can be told from a shorter one.
        Write-Verbose "Head of the log: $($notary.LogHead)"
        Stop-StationNotary $notary
    }
}
