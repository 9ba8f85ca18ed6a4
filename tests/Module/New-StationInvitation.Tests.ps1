BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-StationInvitation' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'makes invitations that work, each once' {
        $invitation = $listener | New-StationInvitation
        $invitation.Port | Should -Be $listener.Port
        (Connect-Station $invitation @peers).State | Should -Be 'Open'
        (Get-ErrorOf { Connect-Station $invitation @peers }).FullyQualifiedErrorId | Should -BeLike 'InvitationUsed,*'
    }

    It 'may be used as often as -MaxUses says' {
        $invitation = New-StationInvitation $listener -MaxUses 2
        (1..2 | ForEach-Object { Connect-Station $invitation @peers }).Count | Should -Be 2
        (Get-ErrorOf { Connect-Station $invitation @peers }).FullyQualifiedErrorId | Should -BeLike 'InvitationUsed,*'
    }

    It 'expires' {
        $invitation = New-StationInvitation $listener -ExpiresIn 00:00:01
        Start-Sleep 2.2
        (Get-ErrorOf { Connect-Station $invitation @peers }).FullyQualifiedErrorId | Should -BeLike 'InvitationExpired,*'
    }

    It 'refuses a number for a time, which would be ticks' {
        (Get-ErrorOf { New-StationInvitation $listener -ExpiresIn 3600 }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationInvitationCommand'
    }

    It 'gives the URI with -AsPlainText only' {
        New-StationInvitation $listener -AsPlainText | Should -MatchExactly '^station://127\.0\.0\.1:\d+\?key=.{43}&id=.{22}&psk=.{43}&exp=\d+&temp=1&kem=1$'
        "$(New-StationInvitation $listener)" | Should -Match 'psk=…'
    }

    It 'writes a file that only its owner reads' {
        $file = Join-Path $TestDrive 'invitation'
        New-StationInvitation $listener -Path $file | Should -BeNullOrEmpty
        Get-Content $file | Should -BeLike 'station://*psk=*'
        if (-not $IsWindows) {
            [IO.File]::GetUnixFileMode($file) | Should -Be 'UserWrite, UserRead'
        }

        (Get-ErrorOf { New-StationInvitation $listener -Path $file }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.NewStationInvitationCommand'
        (New-StationInvitation $listener -LiteralPath $file -Force -PassThru).Name | Should -Be 'invitation'
    }

    It 'makes none with -WhatIf, and none for a listener that has stopped' {
        New-StationInvitation $listener -WhatIf | Should -BeNullOrEmpty
        Stop-StationListener $listener
        (Get-ErrorOf { New-StationInvitation $listener }).FullyQualifiedErrorId | Should -Be 'InvalidState,SecureStation.Commands.NewStationInvitationCommand'
    }
}
