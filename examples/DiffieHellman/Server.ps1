<#
.SYNOPSIS
Terminal 1: serves the old Diffie-Hellman exchange and prints a digest of each secret.
.DESCRIPTION
Run Client.ps1 in a second terminal. Both print the same digest. The exchange authenticates nobody: it is for old programs.
.PARAMETER Count
How many exchanges to serve before it stops.
#>
[CmdletBinding()]
param(
    [int] $Port = 7777,
    [int] $Count = 1,
    [string] $Parameter
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../../SecureStation.psd1"

$group = if ($Parameter) { Import-DhParameter $Parameter } else { New-DhParameter -Group ffdhe2048 }
$server = Start-DhServer -AllowLegacy -Port $Port -Parameter $group
try {
    "Serving $group on port $($server.Port)."
    $server | Receive-DhExchange -Count $Count | ForEach-Object {
        $digest = ($_ | ConvertTo-DhDerivedKey -Length 8 -Info 'example').ToHex()
        "$($_.RemoteAddress): $($_.Length) bytes, $digest"
        $_.Dispose()
    }
} finally {
    $server | Stop-DhServer
}
