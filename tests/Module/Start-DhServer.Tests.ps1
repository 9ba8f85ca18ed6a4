BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Start-DhServer' -Skip:(-not $hasLegacy) {
    AfterEach { Get-DhServer | Stop-DhServer }

    It 'is refused without -AllowLegacy' {
        (Get-ErrorOf { Start-DhServer -Port 0 }).FullyQualifiedErrorId | Should -Be 'LegacyNotAllowed,SecureStation.Commands.StartDhServerCommand'
        Get-DhServer | Should -BeNullOrEmpty
    }

    It 'serves the parameters, on the loopback, and warns once' {
        $server = New-DhParameter modp2048 | Start-DhServer -AllowLegacy -Port 0 -WarningVariable warning -WarningAction SilentlyContinue
        $server.Parameter.GroupName | Should -Be 'modp2048'
        $server.EndPoints[0].Address | Should -Be '127.0.0.1'
        $server.IsListening | Should -BeTrue
        $warning | Should -HaveCount 1
    }

    It 'serves many clients at once, each with its own secret' {
        $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        $manifest = Join-Path $root SecureStation.psd1
        $mine = 1..8 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifest
            (Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port ($using:server).Port -WarningAction Ignore).ToHex()
        }
        $theirs = ($server | Receive-DhExchange -Count 8 -TimeoutSec 20).ToHex()
        ($mine | Sort-Object) | Should -Be ($theirs | Sort-Object)
        ($mine | Select-Object -Unique).Count | Should -Be 8
        $server.ExchangesCompleted | Should -Be 8
    }

    It 'survives garbage, and says why a client failed' {
        $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $server.Port)
        $client.GetStream().Write([byte[]](1..100))
        $answer = [IO.StreamReader]::new($client.GetStream()).ReadToEnd()
        $answer | Should -BeExactly 'I do not understand you, hanging up'
        $client.Dispose()
        (Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $server.Port -WarningAction Ignore).Length | Should -Be 256
        $server.ExchangesFailed | Should -Be 1
        $server.RecentFailures[0].Error.Fault | Should -Be 'ProtocolError'
    }

    It 'refuses parameters that are not acceptable, and a port that is taken' {
        (Get-ErrorOf { [DhParameter]::new(23, 5) | Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.StartDhServerCommand'
        $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        (Get-ErrorOf { Start-DhServer -AllowLegacy -Port $server.Port -WarningAction Ignore }).FullyQualifiedErrorId | Should -Be 'ListenFailed,SecureStation.Commands.StartDhServerCommand'
    }

    It 'starts nothing with -WhatIf' {
        Start-DhServer -AllowLegacy -Port 0 -WhatIf -WarningAction Ignore | Should -BeNullOrEmpty
        Get-DhServer | Should -BeNullOrEmpty
    }
}
