BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-StationLoopback' {
    AfterEach { Get-StationSession | Disconnect-Station -Force }

    It 'connects two sessions' {
        $pair = New-StationLoopback
        'there' | Send-StationMessage $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'there'
        'back' | Send-StationMessage $pair.Right
        (Receive-StationMessage $pair.Left -TimeoutSec 5).Body | Should -Be 'back'
        $pair.Left.Id | Should -Be $pair.Right.Id
        $pair.Left.RemoteFingerprint | Should -Be $pair.Right.LocalFingerprint
    }

    It 'takes identities, by object or by name' {
        $keys = New-TestKeyStore
        $null = New-StationKeyPair server -Algorithm P256 @keys
        $left = New-StationKeyPair
        $pair = New-StationLoopback -LeftKeyPair $left -RightKeyPair server @keys
        $pair.Right.RemoteFingerprint | Should -Be "$($left.Fingerprint)"
        $pair.Right.LocalPublicKey.Algorithm | Should -Be 'EcdsaP256'
    }

    It 'takes a suite, and refuses one that there is not' {
        (New-StationLoopback -Suite Noise_XX_25519_ChaChaPoly_SHA256).Left.Suite | Should -BeLike '*ChaChaPoly*'
        (Get-ErrorOf { New-StationLoopback -Suite Noise_NN_25519_AESGCM_SHA256 }).FullyQualifiedErrorId | Should -BeLike '*,SecureStation.Commands.NewStationLoopbackCommand'
    }

    It 'connects nothing with -WhatIf' { New-StationLoopback -WhatIf | Should -BeNullOrEmpty }
}
