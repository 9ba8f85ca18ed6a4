BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Remove-StationPeer' {
    BeforeEach {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer alice -PublicKey $key.PublicKey -Address h:1 @store
        Add-StationPeer bob -PublicKey (New-StationKeyPair).PublicKey @store
    }

    It 'removes by name, by fingerprint and from the pipeline' {
        Remove-StationPeer alice @store
        (Get-StationPeer @store).Name | Should -Be 'bob'
        Remove-StationPeer -Fingerprint (Get-StationPeer bob @store).Fingerprint @store
        Get-StationPeer @store | Should -BeNullOrEmpty
        Add-StationPeer carol -PublicKey $key.PublicKey @store
        Get-StationPeer @store | Remove-StationPeer
        Get-StationPeer @store | Should -BeNullOrEmpty
    }

    It 'takes a name or a record as -Peer' {
        Remove-StationPeer -Peer alice @store
        Remove-StationPeer -Peer (Get-StationPeer bob @store) @store
        Get-StationPeer @store | Should -BeNullOrEmpty
        (Get-ErrorOf { Remove-StationPeer -Peer alice @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
    }

    It 'takes the pin of its address away too' {
        Remove-StationPeer alice @store
        Add-StationPeer other -PublicKey (New-StationKeyPair).PublicKey -Address h:1 @store
        (Get-StationPeer other @store).Addresses | Should -Be 'h:1'
    }

    It 'says that a peer is not there' {
        (Get-ErrorOf { Remove-StationPeer nobody @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
        (Get-ErrorOf { Remove-StationPeer -Fingerprint (New-StationKeyPair).Fingerprint @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
    }

    It 'removes nothing with -WhatIf' {
        Get-StationPeer @store | Remove-StationPeer -WhatIf
        (Get-StationPeer @store).Count | Should -Be 2
    }
}
