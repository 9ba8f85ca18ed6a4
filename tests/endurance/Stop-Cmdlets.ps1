# Starts each blocking cmdlet in each of its waiting states, presses Ctrl+C (a pipeline's stop), and measures how long that takes.
# Prints a line each: <milliseconds> <what>, or STUCK <what>, or RUNS <what> where it did not wait at all.
param([string] $Module, [int] $Times = 1)

$ErrorActionPreference = 'Stop'
Import-Module $Module
$work = [IO.Directory]::CreateTempSubdirectory('station-stop-').FullName
$stores = @{ TrustStore = "$work/peers" }

# A server that accepts and says nothing.
$silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
$silent.Start(1000)
$port = $silent.LocalEndpoint.Port

$listener = Start-StationListener -TrustMode Any @stores
$there = @{ HostName = '127.0.0.1'; Port = $listener.Port; Fingerprint = $listener.Fingerprint } + $stores
Register-StationHandler -Listener $listener -Name never -ScriptBlock { while ($true) { Start-Sleep 1 } }
$session = Connect-Station @there
$pair = New-StationLoopback
$full = New-StationLoopback
$values = @{
    stores = $stores; port = $port; listener = $listener; session = $session; pair = $pair; full = $full; work = $work
    tsa = New-StationNotaryCertificate -Algorithm EcdsaP256
    dh = Start-DhServer -AllowLegacy -Parameter (New-DhParameter -Group ffdhe2048) -WarningAction Ignore
}
Set-Content "$work/document.txt" text

$states = [ordered] @{
    'Connect-Station, no message 2'        = { Connect-Station -HostName 127.0.0.1 -Port $port -TrustMode Any -TimeoutSec 300 @stores }
    'Test-Station, no message 2'           = { Test-Station -HostName 127.0.0.1 -Port $port -TimeoutSec 300 @stores }
    'Receive-StationMessage, a session'    = { Receive-StationMessage $session }
    'Receive-StationMessage -Wait'         = { Receive-StationMessage $session -Wait }
    'Receive-StationMessage -Count'        = { Receive-StationMessage $session -Count 5 }
    'Receive-StationMessage, a listener'   = { Receive-StationMessage -Listener $listener }
    'Wait-StationSession'                  = { $null = Wait-StationSession -Listener $listener -TimeoutSec 5; Wait-StationSession -Listener $listener }
    'Send-StationMessage, a full window'   = { , [byte[]]::new(100000) * 100 | ForEach-Object { Send-StationMessage $full.Left -InputObject $_ -TimeoutSec 300 } }
    'Send-StationMessage -Wait'            = { , [byte[]]::new(100000) * 100 | Send-StationMessage $full.Right -Wait -TimeoutSec 300 }
    'Receive-DhExchange, a session'        = { Receive-DhExchange -Session $pair.Right -TimeoutSec 300 }
    'Receive-DhExchange -Wait'             = { Receive-DhExchange -Server $dh -Wait }
    'New-DhParameter -Bits'                = { New-DhParameter -Bits 4096 }
    'New-StationKeyPair, RSA 8192'         = { 1..20 | ForEach-Object { New-StationKeyPair -Algorithm Rsa -KeySize 8192 } }
    'Request-StationTimestamp'             = { Request-StationTimestamp -LiteralPath "$work/document.txt" -Uri "http://127.0.0.1:$port/" -TimeoutSec 300 }
    'Receive-StationDocument'              = { Receive-StationDocument -Session $session -DestinationPath $work -TimeoutSec 300 -Wait }
    'Invoke-StationRequest'                = { Invoke-StationRequest -Session $session -Name never -TimeoutSec 300 }
    'Enter-StationChat, piped'             = { 'hello' | Enter-StationChat $pair.Left -TimeoutSec 300 }
}

foreach ($time in 1..$Times) {
    foreach ($what in $states.Keys) {
        $shell = [powershell]::Create()
        $null = $shell.AddCommand('Import-Module').AddArgument($Module)
        $null = $shell.Invoke()
        $shell.Commands.Clear()
        foreach ($name in $values.Keys) { $shell.Runspace.SessionStateProxy.SetVariable($name, $values[$name]) }
        $null = $shell.AddScript($states[$what].ToString())
        $running = $shell.BeginInvoke()
        if ($running.AsyncWaitHandle.WaitOne(700)) {
            $why = try { $shell.EndInvoke($running); $shell.Streams.Error[0] } catch { $_.Exception.InnerException ?? $_ }
            "RUNS $what $why"
            $shell.Dispose()
            continue
        }

        $watch = [Diagnostics.Stopwatch]::StartNew()
        $stopping = $shell.BeginStop($null, $null)
        if ($stopping.AsyncWaitHandle.WaitOne(30000)) {
            "$($watch.ElapsedMilliseconds) $what"
            $shell.Dispose()
        } else {
            "STUCK $what"
        }
    }
}

[Environment]::Exit(0)
