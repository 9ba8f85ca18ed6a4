BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationProtocol' {
    It 'lists what sessions can use, the default first' {
        $found = Get-StationProtocol -Protocol Station
        $found | Should -HaveCount 8
        $found[0].IsDefault | Should -BeTrue
        $found[0].Suite | Should -Be 'Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256'
        $found[0].Security | Should -Be 'secrecy: hybrid, authentication: classical'
        $found.Secrecy | Should -Be (@('Hybrid') * 4 + @('Classical') * 4)
        $found | Out-String -Width 80 | Should -Match 'Noise_XXhfs_25519\+MLKEM768_AESGCM_SHA256 +Hybrid'
        $found.IsLegacy | Should -Not -Contain $true
        $found.HasForwardSecrecy | Should -Not -Contain $false
        $found.Strength | Should -Not -Contain 0
    }

    It 'flags the old protocols, where they are there' -Skip:(-not (Test-Path "$PSScriptRoot/../../bin/SecureStation.Legacy.dll")) {
        $legacy = Get-StationProtocol | Where-Object IsLegacy
        $legacy.Protocol | Should -Contain 'AesChat'
        $legacy.Strength | Should -Not -Contain 128
        $legacy.HasForwardSecrecy | Should -Not -Contain $true
        $legacy[0].Description | Should -BeLike 'Not secure: it *'
    }

    It 'lists the patterns of raw Noise on request' {
        $patterns = Get-StationProtocol Noise
        $patterns | Where-Object Secrecy -EQ Classical | Should -HaveCount 38
        $patterns | Where-Object Secrecy -EQ Hybrid | Should -HaveCount 35
        (Get-StationProtocol Noise -Pattern IKhfs).Description | Should -Be '-> e, es, e1, s, ss; <- e, ee, ekem1, se'
        ($patterns | Where-Object Pattern -EQ N).HasForwardSecrecy | Should -BeFalse
        ($patterns | Where-Object Pattern -EQ NK).Authentication | Should -Be 'Responder'
        (Get-StationProtocol Noise -Pattern 'K*').Pattern | Should -Contain 'KK1'
    }

    It 'describes one Noise protocol' {
        (Get-StationProtocol -NoiseProtocol Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s).PskCount | Should -Be 1
        (Get-StationProtocol -NoiseProtocol Noise_NNhfs_25519+MLKEM768_AESGCM_SHA256).Security | Should -Be 'secrecy: hybrid, authentication: none'
        "$(Get-ErrorOf { Get-StationProtocol -NoiseProtocol Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256 })" | Should -BeLike "*'ML-KEM-768' is not supported*"
        (Get-ErrorOf { Get-StationProtocol -NoiseProtocol nonsense }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.GetStationProtocolCommand'
    }

    It 'says where there is none' {
        (Get-ErrorOf { Get-StationProtocol Telegraph }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-StationProtocol 'Tele*' | Should -BeNullOrEmpty
    }

    It 'fits a screen of 80 columns' {
        foreach ($line in (Get-StationProtocol | Out-String -Width 80) -split '\r?\n') {
            $line.Length | Should -BeLessOrEqual 80
            $line | Should -Not -Match '…'
        }
    }

    It 'completes names' {
        (TabExpansion2 'Get-StationProtocol -Protocol ').CompletionMatches.CompletionText | Should -Contain 'Noise'
    }
}
