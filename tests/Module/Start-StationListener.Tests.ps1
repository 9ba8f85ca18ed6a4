BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Start-StationListener' {
    BeforeEach { $peers = New-TestTrustStore }
    AfterEach { Get-StationListener | Stop-StationListener }

    It 'announces a window of 1 MiB, of 8 MiB where it takes files, or the one it is given' {
        $null = New-Item -ItemType Directory $TestDrive/window -Force
        (Start-StationListener @peers).Options.Limits.Window | Should -Be 1MB
        (Start-StationListener -ReceiveFolder $TestDrive/window @peers).Options.Limits.Window | Should -Be 8MB
        (Start-StationListener -ReceiveFolder $TestDrive/window -WindowSize 2MB @peers).Options.Limits.Window | Should -Be 2MB
        { Start-StationListener -WindowSize 1000 @peers } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        $folder = (Start-StationListener -ReceiveFolder $TestDrive/window -MaxBytes 5 -MaxFiles 6 @peers).Options.ReceiveFiles
        $folder.MaxBytes, $folder.MaxFiles | Should -Be 5, 6
        (Get-ErrorOf { Start-StationListener -ReceiveFolder $TestDrive/none @peers }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'listens on loopback, on a free port, with a key in memory and an invitation' {
        $listener = Start-StationListener -Port 0 @peers
        $listener.Port | Should -BeGreaterThan 0
        $listener.IsKeyTemporary | Should -BeTrue
        $listener.EndPoints | ForEach-Object { [Net.IPAddress]::IsLoopback($_.Address) | Should -BeTrue }
        $listener.Invitation.IsTemporary | Should -BeTrue
        (Get-StationListener).Id | Should -Be $listener.Id
    }

    It 'uses a named key' {
        $keys = New-TestKeyStore
        $key = New-StationKeyPair server -Passphrase secret @keys
        $listener = Start-StationListener -KeyPair server -Passphrase secret @keys @peers
        $listener.Fingerprint | Should -Be "$($key.Fingerprint)"
        $listener.IsKeyTemporary | Should -BeFalse
    }

    It 'says that the key is not there' {
        $keys = New-TestKeyStore
        (Get-ErrorOf { Start-StationListener -KeyPair nobody @keys @peers }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.StartStationListenerCommand'
    }

    It 'says that the port is taken' {
        $first = Start-StationListener @peers
        $failure = Get-ErrorOf { Start-StationListener -Port $first.Port @peers }
        $failure.FullyQualifiedErrorId | Should -Be 'ListenFailed,SecureStation.Commands.StartStationListenerCommand'
        $failure.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
    }

    It 'puts the advertised name into invitations, and makes none with -NoInvitation' {
        (Start-StationListener -AdvertisedHostName station.example @peers).Invitation.Host | Should -Be 'station.example'
        (Start-StationListener -NoInvitation @peers).Invitation | Should -BeNullOrEmpty
    }

    It 'accepts only suites that it is told to' {
        $listener = Start-StationListener -Suite Noise_XX_25519_ChaChaPoly_SHA256 -TrustMode Any @peers
        $where = @{ HostName = '127.0.0.1'; Port = $listener.Port; Fingerprint = $listener.Fingerprint }
        (Get-ErrorOf { Connect-Station @where @peers }).FullyQualifiedErrorId | Should -Be 'HandshakeFailed,SecureStation.Commands.ConnectStationCommand'
        (Connect-Station @where -Suite Noise_XX_25519_ChaChaPoly_SHA256 @peers).State | Should -Be 'Open'
    }

    It 'listens to nothing with -WhatIf' {
        Start-StationListener -WhatIf @peers | Should -BeNullOrEmpty
        Get-StationListener | Should -BeNullOrEmpty
    }

    It 'never shows the secret of its invitation' {
        $listener = Start-StationListener @peers
        $psk = [regex]::Match($listener.Invitation.Reveal(), 'psk=([^&]+)').Groups[1].Value
        $psk.Length | Should -Be 43
        (Get-Everything $listener) -join "`n" | Should -Not -BeLike "*$psk*"
        (Get-Everything $listener.Invitation) -join "`n" | Should -Not -BeLike "*$psk*"
    }

    It 'is used by other runspaces' {
        $listener = Start-StationListener @peers
        $uri = $listener.Invitation.Reveal()
        $manifest = Join-Path $root 'SecureStation.psd1'
        $null = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            'from another runspace' | Send-StationMessage (Connect-Station $using:uri @using:peers) -Wait
        }
        (Receive-StationMessage -Listener $listener -TimeoutSec 10).Body | Should -Be 'from another runspace'
    }
}
