BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Remove-StationKeyPair' {
    BeforeEach {
        $store = New-TestKeyStore
        $null = 'a', 'b', 'other' | New-StationKeyPair @store
    }

    It 'removes a key' {
        Remove-StationKeyPair a @store
        (Get-StationKeyPair @store).Name | Should -Be 'b', 'other'
        Get-ChildItem $store.KeyStore -Filter 'a*' | Should -BeNullOrEmpty
    }

    It 'takes wildcards' {
        Remove-StationKeyPair '?' @store
        (Get-StationKeyPair @store).Name | Should -Be 'other'
    }

    It 'takes what Get-StationKeyPair writes, out of the store that it came from' {
        Get-StationKeyPair b @store | Remove-StationKeyPair
        (Get-StationKeyPair @store).Name | Should -Be 'a', 'other'
    }

    It 'removes nothing with -WhatIf' {
        Remove-StationKeyPair * -WhatIf @store
        (Get-StationKeyPair @store).Count | Should -Be 3
    }

    It 'says that a name is not there' {
        (Get-ErrorOf { Remove-StationKeyPair nobody @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationKeyPairCommand'
    }
}
