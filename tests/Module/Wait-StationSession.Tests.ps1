BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Wait-StationSession' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'gives each session once, in order, also one that is closed' {
        $first = Connect-Station (New-StationInvitation $listener) @peers
        $second = Connect-Station (New-StationInvitation $listener) @peers
        Disconnect-Station $first
        (Wait-StationSession $listener -TimeoutSec 5).Id | Should -Be $first.Id
        ($listener | Wait-StationSession -TimeoutSec 5).Id | Should -Be $second.Id
        (Get-ErrorOf { Wait-StationSession $listener -TimeoutSec 0 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.WaitStationSessionCommand'
    }

    It 'polls with 0' {
        $session = $listener | Connect-Station @peers
        (Wait-StationSession $listener -TimeoutSec 5).Id | Should -Be $session.Id
    }

    It 'waits for several' {
        $null = 1..3 | ForEach-Object { New-StationInvitation $listener | Connect-Station @peers }
        (Wait-StationSession $listener -Count 3 -TimeoutSec 5).Count | Should -Be 3
    }

    It 'writes what came before the time-out' {
        $null = $listener | Connect-Station @peers
        $came = Wait-StationSession $listener -Count 2 -TimeoutSec 0.5 -ErrorAction SilentlyContinue -ErrorVariable failures
        @($came).Count | Should -Be 1
        $failures.Count | Should -Be 1
        $failures[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
    }

    It 'ends with an error where the listener stops' {
        Stop-StationListener $listener
        (Get-ErrorOf { Wait-StationSession $listener -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.WaitStationSessionCommand'
    }
}
