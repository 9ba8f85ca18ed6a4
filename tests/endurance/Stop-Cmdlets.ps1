# Starts each blocking cmdlet in each of its waiting states, presses Ctrl+C (a pipeline's stop), and measures how long that takes.
# Prints a line each: <milliseconds> <what>, or STUCK <what>, or RUNS <what> where it did not wait at all.
# -Nats: the addresses of two servers and the process of the second, with commas between them: that one is stopped.
param([string] $Module, [int] $Times = 1, [string] $Nats, [string] $Only = '*')

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Module
$servers = @($Nats -split "," -ne "")
. $PSScriptRoot/Stop-States.ps1

function Start-State([string] $What) {
    $shell = [powershell]::Create()
    $null = $shell.AddCommand('Import-Module').AddArgument($Module)
    $null = $shell.Invoke()
    $shell.Commands.Clear()
    foreach ($name in $values.Keys) { $shell.Runspace.SessionStateProxy.SetVariable($name, $values[$name]) }
    $null = $shell.AddScript($all[$What].ToString())
    [pscustomobject]@{ What = $What; Shell = $shell; Running = $shell.BeginInvoke() }
}

# Says how long it took, or nothing where it had ended by itself and may be tried again.
function Stop-State($One, [switch] $MayEnd) {
    if ($One.Running.IsCompleted) {
        $why = try { $One.Shell.EndInvoke($One.Running); $One.Shell.Streams.Error[0] } catch { $_.Exception.InnerException ?? $_ }
        $One.Shell.Dispose()
        if ($MayEnd) { return }
        return "RUNS $($One.What) $why"
    }

    $watch = [Diagnostics.Stopwatch]::StartNew()
    $stopping = $One.Shell.BeginStop($null, $null)
    if (-not $stopping.AsyncWaitHandle.WaitOne(30000)) { return "STUCK $($One.What)" }
    "$($watch.ElapsedMilliseconds) $($One.What)"
    $One.Shell.Dispose()
}

$all = $first + $states + $brief

# Eight at a time wait while each is stopped, one after the other.
$chosen = @(@($first.Keys; 1..$Times | ForEach-Object { $states.Keys }) -like $Only)
for ($from = 0; $from -lt $chosen.Count; $from += 8) {
    $waiting = foreach ($what in $chosen[$from..([Math]::Min($from + 7, $chosen.Count - 1))]) { Start-State $what }
    Start-Sleep -Milliseconds 700
    foreach ($one in $waiting) { Stop-State $one }
}

# These wait for some seconds only, so each is stopped at once, and tried again where a busy machine was too late.
foreach ($what in @(1..$Times | ForEach-Object { $brief.Keys }) -like $Only) {
    $said = $null
    for ($attempt = 1; -not $said; $attempt++) {
        $one = Start-State $what
        Start-Sleep -Milliseconds 500
        $said = Stop-State $one -MayEnd:($attempt -lt 5)
    }
    $said
}

Remove-Item -Recurse -Force $work
[Environment]::Exit(0)
