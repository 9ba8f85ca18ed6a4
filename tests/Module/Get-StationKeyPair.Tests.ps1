BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationKeyPair' {
    BeforeAll {
        $store = New-TestKeyStore
        $alice = New-StationKeyPair alice @store
        $null = New-StationKeyPair server -Algorithm P256 -Passphrase secret @store
    }

    It 'lists all keys without a passphrase' {
        $list = Get-StationKeyPair @store
        $list.Name | Should -Be 'alice', 'server'
        $list.IsEncrypted | Should -Be $false, $true
        "$($list[0].Fingerprint)" | Should -Be "$($alice.Fingerprint)"
    }

    It 'takes wildcards' {
        (Get-StationKeyPair 'S*' @store).Name | Should -Be 'server'
        Get-StationKeyPair 'x*' @store | Should -BeNullOrEmpty
    }

    It 'says that a name is not there, and goes on' {
        $found = 'alice', 'nobody', 'server' | Get-StationKeyPair @store -ErrorAction SilentlyContinue -ErrorVariable failures
        $found.Name | Should -Be 'alice', 'server'
        $failures[0].FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationKeyPairCommand'
    }

    It 'opens keys' {
        (Get-StationKeyPair alice -Open @store).GetType().Name | Should -Be 'StationKeyPair'
        (Get-StationKeyPair server -Open -Passphrase secret @store).Name | Should -Be 'server'
    }

    It 'says WrongPassphrase for <Case>' -TestCases @(@{ Case = 'none'; Extra = @{} }, @{ Case = 'a wrong one'; Extra = @{ Passphrase = 'wrong' } }) {
        (Get-ErrorOf { Get-StationKeyPair server -Open @Extra @store }).FullyQualifiedErrorId | Should -Be 'WrongPassphrase,SecureStation.Commands.GetStationKeyPairCommand'
    }

    It 'lists an empty store as nothing' {
        $empty = New-TestKeyStore
        Get-StationKeyPair @empty | Should -BeNullOrEmpty
    }

    It 'completes names, also with wildcards' {
        $line = "Get-StationKeyPair -KeyStore '$($store.KeyStore)' -Name "
        (TabExpansion2 "${line}s" ($line.Length + 1)).CompletionMatches.CompletionText | Should -Be 'server'
        (TabExpansion2 "${line}*li" ($line.Length + 3)).CompletionMatches.CompletionText | Should -Be 'alice'
    }
}
