BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationSession' {
    BeforeEach {
        Get-StationSession | Disconnect-Station -Force
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $alice = $listener | Connect-Station @peers
        $bob = Wait-StationSession $listener -TimeoutSec 5
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'lists both ends that are in this process' {
        (Get-StationSession).Role | Sort-Object | Should -Be 'Initiator', 'Responder'
    }

    It 'lists those of a listener' {
        $list = $listener | Get-StationSession
        @($list).Count | Should -Be 1
        $list.Role | Should -Be 'Responder'
        (Get-StationSession -Listener $listener).Id | Should -Be $bob.Id
    }

    It 'takes ids with wildcards' {
        (Get-StationSession "$($alice.Id.Substring(0, 8))*").Count | Should -Be 2
        (Get-ErrorOf { Get-StationSession nothing }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationSessionCommand'
    }

    It 'gives sessions that print as their id, and a handshake hash that both ends share' {
        "$alice" | Should -Be $alice.Id
        $alice.HandshakeHash | Should -Match '^[0-9a-f]{64}$'
        $alice.HandshakeHash | Should -Be $bob.HandshakeHash
    }

    It 'forgets what has ended' {
        Disconnect-Station $alice
        Get-StationSession | Where-Object Role -EQ Initiator | Should -BeNullOrEmpty
    }
}
