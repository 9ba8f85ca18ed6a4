<#
.SYNOPSIS
How long cmdlets that wait or compute take to end by Ctrl+C (a stopped pipeline), each several times; a second is what they may take.
.EXAMPLE
dotnet pwsh benchmarks/Measure-Stop.ps1 -Rounds 5
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 100)] [int] $Rounds = 5
)

$ErrorActionPreference = 'Stop'
$manifest = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', 'SecureStation.psd1'))
Import-Module $manifest
$silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
$silent.Start()
$context = @{
    Listener = Start-StationListener -Port 0
    Pair     = New-StationLoopback
    Port     = $silent.LocalEndpoint.Port
}
$cases = [ordered]@{
    'Wait-StationSession'    = 'Wait-StationSession $c.Listener'
    'Receive-StationMessage' = 'Receive-StationMessage $c.Pair.Right'
    'Receive-DhExchange'     = 'Receive-DhExchange -Session $c.Pair.Right'
    'Connect-Station'        = 'Connect-Station -HostName 127.0.0.1 -Port $c.Port -TrustMode Any -TimeoutSec 600'
    'Test-Station'           = 'Test-Station 127.0.0.1 $c.Port -TimeoutSec 600'
    'Send-StationMessage'    = '1..1000 | ForEach-Object { , [byte[]]::new(1MB) } | Send-StationMessage $c.Pair.Left -TimeoutSec 600'
    'New-StationKeyPair'     = 'foreach ($i in 1..100) { New-StationKeyPair -Algorithm Rsa -KeySize 8192 }'
    'New-DhParameter'        = 'New-DhParameter -Bits 8192'
}

try {
    foreach ($name in $cases.Keys) {
        $times = foreach ($round in 1..$Rounds) {
            $shell = [powershell]::Create().AddScript("param(`$c, `$manifest) Import-Module `$manifest; $($cases[$name])").AddArgument($context).AddArgument($manifest)
            $null = $shell.BeginInvoke()
            Start-Sleep 1
            if ($shell.InvocationStateInfo.State -ne 'Running') { throw "$name ended by itself: $($shell.Streams.Error)" }
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalMilliseconds
            $shell.Dispose()
        }
        $measure = $times | Measure-Object -Average -Maximum
        [pscustomobject]@{ Cmdlet = $name; 'average, ms' = [Math]::Round($measure.Average, 1); 'longest, ms' = [Math]::Round($measure.Maximum, 1) }
    }
} finally {
    $silent.Stop()
    $context.Listener | Stop-StationListener
    $context.Pair.Left, $context.Pair.Right | Disconnect-Station -Force
}
