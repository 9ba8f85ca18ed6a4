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

    It 'does not blame the peer for what this side has ended' {
        Disconnect-Station $pair.Left
        (Get-ErrorOf { 'late' | Send-StationMessage $pair.Left }).Exception.Message | Should -Be 'The session was closed.'
        (Get-ErrorOf { Receive-StationMessage $pair.Left -TimeoutSec 5 }).Exception.Message | Should -Be 'The session was closed.'
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 30 }).Exception.Message | Should -Be 'The peer closed the session.'
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
