BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Receive-DhExchange' {
    Context 'from a server' -Skip:(-not $hasLegacy) {
        BeforeAll { $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore }
        AfterAll { $server | Stop-DhServer }

        It 'takes the exchanges in order, of the only server without being told' {
            # A client can be back before the server has queued what they agreed on, so the next one waits for that.
            $mine = 1..3 | ForEach-Object { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $server.Port -WarningAction Ignore; $count = $_; Wait-Until { $server.QueueCount -ge $count } }
            $theirs = @(Receive-DhExchange -TimeoutSec 10) + @($server | Receive-DhExchange -Count 2 -TimeoutSec 10)
            $theirs.ToHex() | Should -Be $mine.ToHex()
            $theirs[0].RemoteAddress | Should -BeLike '127.0.0.1:*'
            $theirs[0].PeerPublicKey.GroupName | Should -Be 'ffdhe2048'
        }

        It 'polls with -TimeoutSec 0 and gives up in time' {
            (Get-ErrorOf { $server | Receive-DhExchange -TimeoutSec 0 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveDhExchangeCommand'
            $watch = [Diagnostics.Stopwatch]::StartNew()
            (Get-ErrorOf { $server | Receive-DhExchange -TimeoutSec 0.4 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveDhExchangeCommand'
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 20
        }

        It 'obeys Ctrl+C' {
            $shell = [powershell]::Create().AddScript("Import-Module '$root/SecureStation.psd1'; 'ready' | Write-Verbose -Verbose; Receive-DhExchange")
            $null = $shell.BeginInvoke()
            $limit = [datetime]::Now.AddSeconds(20)
            while (-not $shell.Streams.Verbose.Count -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 20 }
            Start-Sleep -Milliseconds 200
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 20.5
            $shell.Dispose()
        }

        It 'goes on with -Wait until the server is stopped' {
            $other = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
            $mine = 1..2 | ForEach-Object { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $other.Port -WarningAction Ignore; $count = $_; Wait-Until { $other.QueueCount -ge $count } }
            $other | Stop-DhServer
            ($other | Receive-DhExchange -Wait).ToHex() | Should -Be $mine.ToHex()
        }

        It 'asks which server where there are several' {
            $other = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
            (Get-ErrorOf { Receive-DhExchange -TimeoutSec 1 }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ReceiveDhExchangeCommand'
            $other | Stop-DhServer
        }
    }

    Context 'inside a session' {
        BeforeAll {
            $pair = New-StationLoopback
            $manifest = Join-Path $root SecureStation.psd1
        }

        AfterAll { $pair.Left, $pair.Right | Disconnect-Station }

        It 'answers exchange after exchange' {
            $peer = $pair.Left
            $invoke = Start-ThreadJob { Import-Module $using:manifest; 1..2 | ForEach-Object { (Invoke-DhExchange -Session $using:peer -Parameter (New-DhParameter ffdhe2048) -TimeoutSec 30).Key.ToHex() } }
            $answers = $pair.Right | Receive-DhExchange -Count 2 -TimeoutSec 30
            $answers.Key.ToHex() | Should -Be ($invoke | Receive-Job -Wait)
        }

        It 'refuses other parameters than expected, to both sides' {
            $peer = $pair.Left
            $invoke = Start-ThreadJob { Import-Module $using:manifest; Invoke-DhExchange -Session $using:peer -TimeoutSec 30 2>&1 | ForEach-Object { "$($_.FullyQualifiedErrorId)" } }
            (Get-ErrorOf { $pair.Right | Receive-DhExchange -Parameter (New-DhParameter modp2048) -TimeoutSec 30 }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.ReceiveDhExchangeCommand'
            $invoke | Receive-Job -Wait | Should -Be 'PeerRefused,SecureStation.Commands.InvokeDhExchangeCommand'
        }

        It 'gives up in time' {
            (Get-ErrorOf { $pair.Right | Receive-DhExchange -TimeoutSec 0.2 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveDhExchangeCommand'
        }
    }
}
