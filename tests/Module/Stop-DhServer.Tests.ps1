BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Stop-DhServer' -Skip:(-not $hasLegacy) {
    It 'stops servers from the pipeline, and writes them with -PassThru' {
        $servers = 1..2 | ForEach-Object { Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore }
        ($servers | Stop-DhServer -PassThru).IsListening | Should -Be $false, $false
        Get-DhServer | Should -BeNullOrEmpty
        (Get-ErrorOf { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $servers[0].Port -WarningAction Ignore }).FullyQualifiedErrorId | Should -BeLike 'ConnectFailed,*'
    }

    It 'leaves secrets that wait, and can be called again' {
        $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        $mine = Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $server.Port -WarningAction Ignore
        Wait-Until { $server.QueueCount }
        $server | Stop-DhServer
        $server | Stop-DhServer
        ($server | Receive-DhExchange).ToHex() | Should -Be $mine.ToHex()
        (Get-ErrorOf { $server | Receive-DhExchange }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveDhExchangeCommand'
    }

    It 'stops nothing with -WhatIf' {
        $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        $server | Stop-DhServer -WhatIf
        $server.IsListening | Should -BeTrue
        $server | Stop-DhServer
    }
}
