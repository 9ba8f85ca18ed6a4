# Starts each blocking cmdlet in each of its waiting states, presses Ctrl+C (a pipeline's stop), and measures how long that takes.
# Prints a line each: <milliseconds> <what>, or STUCK <what>, or RUNS <what> where it did not wait at all.
# -Nats: the addresses of two servers and the process of the second, with commas between them: that one is stopped.
param([string] $Module, [int] $Times = 1, [string] $Nats, [string] $Only = '*')

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Module
$servers = @($Nats -split "," -ne "")
. $PSScriptRoot/Stop-States.ps1

# Eight at a time wait while each is stopped, one after the other.
$chosen = @(@($first.Keys; 1..$Times | ForEach-Object { $states.Keys }) -like $Only)
$all = $first + $states
for ($from = 0; $from -lt $chosen.Count; $from += 8) {
    $waiting = foreach ($what in $chosen[$from..([Math]::Min($from + 7, $chosen.Count - 1))]) {
        $shell = [powershell]::Create()
        $null = $shell.AddCommand('Import-Module').AddArgument($Module)
        $null = $shell.Invoke()
        $shell.Commands.Clear()
        foreach ($name in $values.Keys) { $shell.Runspace.SessionStateProxy.SetVariable($name, $values[$name]) }
        $null = $shell.AddScript($all[$what].ToString())
        [pscustomobject]@{ What = $what; Shell = $shell; Running = $shell.BeginInvoke() }
    }

    Start-Sleep -Milliseconds 700
    foreach ($one in $waiting) {
        if ($one.Running.IsCompleted) {
            $why = try { $one.Shell.EndInvoke($one.Running); $one.Shell.Streams.Error[0] } catch { $_.Exception.InnerException ?? $_ }
            "RUNS $($one.What) $why"
            $one.Shell.Dispose()
            continue
        }

        $watch = [Diagnostics.Stopwatch]::StartNew()
        $stopping = $one.Shell.BeginStop($null, $null)
        if ($stopping.AsyncWaitHandle.WaitOne(30000)) {
            "$($watch.ElapsedMilliseconds) $($one.What)"
            $one.Shell.Dispose()
        } else {
            "STUCK $($one.What)"
        }
    }
}

Remove-Item -Recurse -Force $work
[Environment]::Exit(0)
