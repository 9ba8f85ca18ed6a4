BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Remove-StationInvitation' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'lets nobody in with it any more' {
        $invitation = New-StationInvitation $listener -MaxUses 3
        $client = New-StationKeyPair
        $session = Connect-Station $invitation -KeyPair $client @peers
        Remove-StationInvitation $invitation | Should -BeNullOrEmpty
        $failure = Get-ErrorOf { Connect-Station $invitation @peers }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvitationExpired,*'
        "$failure" | Should -BeLike '*has expired or was withdrawn*'
        (Get-ErrorOf { Connect-Station $invitation -KeyPair $client @peers }).FullyQualifiedErrorId | Should -BeLike 'InvitationExpired,*'

        # Who is in stays in.
        $session.State | Should -Be 'Open'
    }

    It 'takes what Get-StationInvitation writes, and ids' {
        $null = New-StationInvitation $listener
        Get-StationInvitation $listener | Select-Object -First 1 | Remove-StationInvitation
        (Get-StationInvitation $listener -Open).Id | Remove-StationInvitation -PassThru | ForEach-Object State | Should -Be 'Withdrawn'
        Get-StationInvitation $listener -Open | Should -BeNullOrEmpty
        $listener.Invitation | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        Get-StationInvitation $listener | Remove-StationInvitation -WhatIf
        $listener.Invitation | Should -Not -BeNullOrEmpty
    }

    It 'says what no listener knows' {
        (Get-ErrorOf { Remove-StationInvitation xyz }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationInvitationCommand'
        $old = New-StationInvitation $listener
        Stop-StationListener $listener
        (Get-ErrorOf { Remove-StationInvitation $old }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationInvitationCommand'
    }
}
