<#
.SYNOPSIS
A handshake over files between two processes, then a message each way. They share a folder and each other's fingerprint, nothing else.
.DESCRIPTION
Without -Role it plays both: it makes the folder and two identities, starts the other side in a process of its own, and shows what lies in the folder.
.PARAMETER Role
Which side this process is.
.PARAMETER Folder
The folder that both can reach: a share, a USB stick, a synchronised directory.
#>
[CmdletBinding()]
param(
    [ValidateSet('Initiator', 'Responder')]
    [string] $Role,

    [string] $Folder = [IO.Directory]::CreateTempSubdirectory('station-files-').FullName
)

$ErrorActionPreference = 'Stop'
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1'))
. $PSScriptRoot/../../tools/PowerShell/PowerShellProcess.ps1

# Whole or not there: the name appears when the content is complete.
function Write-Whole([string] $Name, [string] $Text) {
    Set-Content -LiteralPath "$Folder/$Name.part" -Value $Text
    Move-Item -LiteralPath "$Folder/$Name.part" -Destination "$Folder/$Name"
}

function Read-Whole([string] $Name) {
    $deadline = [DateTime]::UtcNow.AddSeconds(60)
    while (-not (Test-Path -LiteralPath "$Folder/$Name")) {
        if ([DateTime]::UtcNow -gt $deadline) { throw "$Name did not come." }
        Start-Sleep -Milliseconds 100
    }
    Get-Content -Raw -LiteralPath "$Folder/$Name"
}

if (-not $Role) {
    $other = Start-PowerShell '-File', $PSCommandPath, '-Role', 'Responder', '-Folder', $Folder
    & $PSCommandPath -Role Initiator -Folder $Folder
    $other.WaitForExit(60000) | Out-Null
    ''
    "What lay between them, in $($Folder):"
    Get-ChildItem -LiteralPath $Folder | Sort-Object LastWriteTime | ForEach-Object { '  {0,-28} {1,5} bytes' -f $_.Name, $_.Length }
    Remove-Item -Recurse -LiteralPath $Folder
    exit $other.ExitCode
}

# The fingerprints must come by a way that can be trusted; here they lie in the same folder, which stands for that.
$me = New-StationKeyPair
$peer = @{ Initiator = 'Responder'; Responder = 'Initiator' }[$Role]
Write-Whole "$Role.fingerprint" "$($me.Fingerprint)"
$handshake = New-StationHandshake -Role $Role -KeyPair $me -PeerFingerprint (Read-Whole "$peer.fingerprint").Trim()

while ($handshake.State -in 'WriteDue', 'ReadDue') {
    $written = if ($handshake.State -eq 'WriteDue') {
        $handshake | Step-StationHandshake
    } else {
        Read-Whole "message$($handshake.MessagesDone + 1)" | Step-StationHandshake -Handshake $handshake
    }
    if ($written) { Write-Whole "message$($written.Number)" $written }
}

$session = $handshake | Complete-StationHandshake
Write-Whole "$Role.protected" ("hello from the $Role, process $PID" | Protect-StationMessage -Session $session)
$message = Read-Whole "$peer.protected" | Unprotect-StationMessage -Session $session
"$Role, process ${PID}: $($message.Body) ($($session.RemoteFingerprint))"
