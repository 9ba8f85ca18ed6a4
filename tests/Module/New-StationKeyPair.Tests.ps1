BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-StationKeyPair' {
    BeforeEach { $store = New-TestKeyStore }

    It 'makes an Ed25519 key in memory without a name' {
        $key = New-StationKeyPair
        $key.Algorithm | Should -Be 'Ed25519'
        $key.IsStored | Should -BeFalse
        $key.Name | Should -BeNullOrEmpty
        "$($key.Fingerprint)" | Should -MatchExactly '^SHA256:[A-Za-z0-9+/]{43}$'
    }

    It 'stores a key under a name' {
        $key = New-StationKeyPair -Name alice @store
        $key.IsStored | Should -BeTrue
        $key.Name | Should -Be 'alice'
        Join-Path $store.KeyStore 'alice.pem' | Should -Exist
    }

    It 'takes <Spelling> as <Algorithm>' -TestCases @(
        @{ Spelling = 'Ed25519'; Algorithm = 'Ed25519' }
        @{ Spelling = 'ecdsa'; Algorithm = 'EcdsaP256' }
        @{ Spelling = 'P256'; Algorithm = 'EcdsaP256' }
        @{ Spelling = 'P-256'; Algorithm = 'EcdsaP256' }
        @{ Spelling = 'EcdsaP256'; Algorithm = 'EcdsaP256' }
        @{ Spelling = 'rsa'; Algorithm = 'Rsa' }
    ) {
        (New-StationKeyPair -Algorithm $Spelling).Algorithm | Should -Be $Algorithm
    }

    It 'makes RSA keys of the size asked for' {
        (New-StationKeyPair -Algorithm Rsa -KeySize 2048).KeySize | Should -Be 2048
    }

    It 'refuses a size that is none' {
        $failure = Get-ErrorOf { New-StationKeyPair -Algorithm Rsa -KeySize 1024 }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationKeyPairCommand'
    }

    It 'encrypts with a passphrase, string or SecureString' {
        $null = New-StationKeyPair a -Passphrase 'open sesame' @store
        $null = New-StationKeyPair b -Passphrase (ConvertTo-SecureString 'open sesame' -AsPlainText -Force) @store
        (Get-StationKeyPair @store).IsEncrypted | Should -Be $true, $true
        (Get-StationKeyPair -Open -Passphrase 'open sesame' @store).Count | Should -Be 2
    }

    It 'refuses a passphrase that is given and empty: <Case>' -TestCases @(
        @{ Case = 'an undefined variable'; Passphrase = $null }
        @{ Case = 'no character'; Passphrase = '' }
        @{ Case = 'Enter at a prompt'; Passphrase = [securestring]::new() }
    ) {
        $failure = Get-ErrorOf { New-StationKeyPair alice -Passphrase $Passphrase @store }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationKeyPairCommand'
        $failure.Exception.Message | Should -BeLike '-Passphrase is empty*'
        $store.KeyStore | Should -Not -Exist
    }

    It 'says with -Verbose that a key is stored in clear, and only then' {
        "$(New-StationKeyPair alice -Verbose @store 4>&1)" | Should -BeLike '*not encrypted*'
        "$(New-StationKeyPair bob -Passphrase secret -Verbose @store 4>&1)" | Should -Not -BeLike '*not encrypted*'
    }

    It 'does not replace a key unless told to' {
        $first = New-StationKeyPair alice @store
        $failure = Get-ErrorOf { New-StationKeyPair alice @store }
        $failure.FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.NewStationKeyPairCommand'
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Force'
        $second = New-StationKeyPair alice -Force @store
        "$($second.Fingerprint)" | Should -Not -Be "$($first.Fingerprint)"
    }

    It 'takes names from the pipeline' {
        ('a', 'b' | New-StationKeyPair @store).Name | Should -Be 'a', 'b'
    }

    It 'takes names and algorithms by property name' {
        $keys = @([pscustomobject]@{ Name = 'x'; Algorithm = 'Ecdsa' }, [pscustomobject]@{ Name = 'y'; Algorithm = 'Ed25519' }) | New-StationKeyPair @store
        $keys.Algorithm | Should -Be 'EcdsaP256', 'Ed25519'
    }

    It 'refuses a passphrase for a key in memory' {
        (Get-ErrorOf { New-StationKeyPair -Passphrase secret }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationKeyPairCommand'
    }

    It 'writes nothing with -WhatIf' {
        New-StationKeyPair alice -WhatIf @store | Should -BeNullOrEmpty
        $store.KeyStore | Should -Not -Exist
    }

    It 'never shows the private key' {
        $key = New-StationKeyPair alice @store
        $secret = ((Get-Content (Join-Path $store.KeyStore 'alice.pem')) -notmatch '-----') -join ''
        # The last 43 characters hold the seed, whatever of the algorithm's description stands before.
        (Get-Everything $key) -join "`n" | Should -Not -Match ([regex]::Escape($secret.Substring($secret.Length - 40)))
    }
}
