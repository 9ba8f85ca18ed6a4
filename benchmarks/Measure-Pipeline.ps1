<#
.SYNOPSIS
Small messages piped into Send-StationMessage and received by another process, beside the rate of the pipeline itself.
.EXAMPLE
pwsh -NoProfile benchmarks/Measure-Pipeline.ps1 -Count 100000
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 10000000)] [int] $Count = 100000
)

$ErrorActionPreference = 'Stop'
$module = Join-Path $PSScriptRoot '../SecureStation.psd1'
Import-Module $module
. $PSScriptRoot/../tools/PowerShell/PowerShellProcess.ps1

$folder = Join-Path ([IO.Path]::GetTempPath()) "station-$PID"
$null = New-Item -ItemType Directory $folder
$invitation = Join-Path $folder 'invitation'
$result = Join-Path $folder 'result'
$receiver = @'
param($module, $invitation, $result, $count)
Import-Module $module
$listener = Start-StationListener -Port 0
New-StationInvitation -Listener $listener -Path "$invitation.new" | Out-Null
Move-Item "$invitation.new" $invitation
$null = Receive-StationMessage -Listener $listener -TimeoutSec 60

# The clock starts with the run's first message: before it the other process measures its own pipeline.
$null = Receive-StationMessage -Listener $listener -TimeoutSec 300
$watch = [Diagnostics.Stopwatch]::StartNew()
$received = 1 + (Receive-StationMessage -Listener $listener -Count ($count - 1) -TimeoutSec 300 | Measure-Object).Count
'{0} {1}' -f $received, $watch.Elapsed.TotalSeconds | Set-Content "$result.new"
Move-Item "$result.new" $result
$listener | Stop-StationListener
'@
$script = Join-Path $folder 'receiver.ps1'
Set-Content $script $receiver
$other = Start-PowerShell '-File', $script, $module, $invitation, $result, $Count

try {
    while (-not (Test-Path $invitation)) { Start-Sleep -Milliseconds 50 }
    $session = Connect-Station -InvitationPath $invitation
    'first' | Send-StationMessage -Session $session -Wait

    $texts = foreach ($i in 1..$Count) { "message $i" }
    $pipeline = (Measure-Command { $texts | Write-Output }).TotalSeconds
    $send = (Measure-Command { $texts | Send-StationMessage -Session $session -Wait }).TotalSeconds
    while (-not (Test-Path $result)) { Start-Sleep -Milliseconds 50 }
    $received, $receive = (Get-Content $result) -split ' '

    [pscustomobject]@{
        Messages                = $Count
        Received                = [int] $received
        'Write-Output /s'       = [int] ($Count / $pipeline)
        'Send, acknowledged /s' = [int] ($Count / $send)
        'Receive /s'            = [int] ($Count / [double] $receive)
        'Send / Write-Output'   = [Math]::Round($pipeline / $send, 2)
        'Receive / Send'        = [Math]::Round($send / [double] $receive, 2)
    }
    $session | Disconnect-Station
}
finally {
    $null = $other.WaitForExit(20000)
    Stop-PowerShell $other
    Remove-Item -Recurse -Force $folder
}
