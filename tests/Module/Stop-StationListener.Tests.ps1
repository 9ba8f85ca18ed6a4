BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Stop-StationListener' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'closes the sessions, and what came can still be received' {
        $alice = Connect-Station $listener.Invitation @peers
        'last words' | Send-StationMessage $alice -Wait
        ($listener | Stop-StationListener -PassThru).IsListening | Should -BeFalse
        (Receive-StationMessage -Listener $listener -TimeoutSec 5).Body | Should -Be 'last words'
        (Get-ErrorOf { Receive-StationMessage -Listener $listener -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveStationMessageCommand'
        (Get-ErrorOf { Receive-StationMessage $alice -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveStationMessageCommand'
    }

    It 'stops twice without an error' {
        $listener, $listener | Stop-StationListener -ErrorVariable failures
        $failures | Should -BeNullOrEmpty
    }

    It 'stops nothing with -WhatIf' {
        Stop-StationListener $listener -WhatIf
        $listener.IsListening | Should -BeTrue
    }

    It 'frees the port' {
        Stop-StationListener $listener
        (Start-StationListener -Port $listener.Port @peers).Port | Should -Be $listener.Port
    }
}
