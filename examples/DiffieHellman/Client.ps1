<#
.SYNOPSIS
Terminal 2: makes an exchange with Server.ps1, or with an old program, and prints a digest of the secret.
#>
[CmdletBinding()]
param(
    [string] $HostName = '127.0.0.1',
    [int] $Port = 7777
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../../SecureStation.psd1"

$secret = Invoke-DhExchange -AllowLegacy -HostName $HostName -Port $Port
$digest = ($secret | ConvertTo-DhDerivedKey -Length 8 -Info 'example').ToHex()
"$($secret.RemoteAddress): $($secret.Length) bytes, $digest"
$secret.Dispose()
