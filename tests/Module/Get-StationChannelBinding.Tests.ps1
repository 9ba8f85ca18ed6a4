BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
}

Describe 'Get-StationChannelBinding' {
    It 'is equal on both sides, and different between labels and sessions' {
        $one, $two = (New-SessionPair), (New-SessionPair)
        $left = $one.Left | Get-StationChannelBinding -Label app
        $left.Length | Should -Be 32
        $left.ToHex() | Should -Be ($one.Right | Get-StationChannelBinding -Label app).ToHex()
        $left -eq ($one.Right | Get-StationChannelBinding -Label app) | Should -BeTrue
        $left.ToHex() | Should -Not -Be ($one.Left | Get-StationChannelBinding -Label other).ToHex()
        $left.ToHex() | Should -Not -Be ($two.Left | Get-StationChannelBinding -Label app).ToHex()
        (Get-StationChannelBinding $one.Left app 100).ToBytes().Count | Should -Be 100
    }

    It 'shows nothing of itself' {
        $binding = Get-StationChannelBinding (New-SessionPair).Left app
        Get-Everything $binding | Out-String | Should -Not -Match $binding.ToHex().Substring(0, 16)
    }

    It 'does not give the keys of protected messages' -ForEach 'protect i', 'protect r' {
        (Get-ErrorOf { (New-SessionPair).Left | Get-StationChannelBinding -Label $_ }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'is not the handshake hash, and needs a session that lives' {
        $session = (New-SessionPair).Left
        ($session | Get-StationChannelBinding -Label app).ToHex() | Should -Not -Be $session.HandshakeHash
        $session | Disconnect-Station
        (Get-ErrorOf { $session | Get-StationChannelBinding -Label app }).FullyQualifiedErrorId | Should -Be 'InvalidState,SecureStation.Commands.GetStationChannelBindingCommand'
    }
}
