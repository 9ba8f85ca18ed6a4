BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Disconnect-Station' {
    BeforeEach { $pair = New-StationLoopback }
    AfterEach { $pair.Left, $pair.Right | Disconnect-Station -Force }

    It 'sends first what is still to be sent' {
        1..100 | ForEach-Object { "message $_" } | Send-StationMessage $pair.Left
        Disconnect-Station $pair.Left
        (Receive-StationMessage $pair.Right -Count 100 -TimeoutSec 5).Count | Should -Be 100
        $pair.Left.State | Should -Be 'Closed'
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveStationMessageCommand'
    }

    It 'takes sessions from the pipeline, and those that have ended' {
        $ended = $pair.Left, $pair.Right, $pair.Left | Disconnect-Station -PassThru
        $ended.State | Should -Be 'Closed', 'Closed', 'Closed'
    }

    It 'ends nothing with -WhatIf' {
        Disconnect-Station $pair.Left -WhatIf
        $pair.Left.State | Should -Be 'Open'
    }

    It 'ends at once with -Force, which the peer sees' {
        Disconnect-Station $pair.Left -Force
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 5 }).FullyQualifiedErrorId | Should -BeIn @(
            'Truncated,SecureStation.Commands.ReceiveStationMessageCommand', 'SessionClosed,SecureStation.Commands.ReceiveStationMessageCommand')
    }
}
