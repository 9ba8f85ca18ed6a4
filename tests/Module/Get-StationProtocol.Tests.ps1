BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationProtocol' {
    It 'lists what sessions can use, the default first' {
        $found = Get-StationProtocol -Protocol Station
        $found | Should -HaveCount 4
        $found[0].IsDefault | Should -BeTrue
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
        $patterns | Should -HaveCount 38
        ($patterns | Where-Object Pattern -EQ N).HasForwardSecrecy | Should -BeFalse
        ($patterns | Where-Object Pattern -EQ NK).Authentication | Should -Be 'Responder'
        (Get-StationProtocol Noise -Pattern 'K*').Pattern | Should -Contain 'KK1'
    }

    It 'describes one Noise protocol' {
        (Get-StationProtocol -NoiseProtocol Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s).PskCount | Should -Be 1
        (Get-ErrorOf { Get-StationProtocol -NoiseProtocol nonsense }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.GetStationProtocolCommand'
    }

    It 'says where there is none' {
        (Get-ErrorOf { Get-StationProtocol Telegraph }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-StationProtocol 'Tele*' | Should -BeNullOrEmpty
    }

    It 'completes names' {
        (TabExpansion2 'Get-StationProtocol -Protocol ').CompletionMatches.CompletionText | Should -Contain 'Noise'
    }
}
