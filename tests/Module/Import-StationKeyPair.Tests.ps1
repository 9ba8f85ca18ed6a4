BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Import-StationKeyPair' {
    BeforeAll {
        $store = New-TestKeyStore
        $key = New-StationKeyPair
        Export-StationKeyPair $key "$TestDrive/plain.pem"
        Export-StationKeyPair $key "$TestDrive/locked.pem" -Passphrase secret
    }

    It 'reads a file and stores nothing' {
        $read = Import-StationKeyPair "$TestDrive/plain.pem" @store
        "$($read.Fingerprint)" | Should -Be "$($key.Fingerprint)"
        Get-StationKeyPair @store | Should -BeNullOrEmpty
    }

    It 'opens an encrypted file' {
        "$((Import-StationKeyPair "$TestDrive/locked.pem" -Passphrase secret).Fingerprint)" | Should -Be "$($key.Fingerprint)"
    }

    It 'reads the files of ssh-keygen, and stores them' -Skip:(-not (Get-Command ssh-keygen -ErrorAction Ignore)) {
        $mine = New-TestKeyStore
        ssh-keygen -q -t ed25519 -N 'open sesame' -C 'alice at home' -f "$TestDrive/id_ed25519"
        $read = Import-StationKeyPair "$TestDrive/id_ed25519" -Passphrase 'open sesame' -Name ssh @mine
        "$($read.Fingerprint)" | Should -Be "$((Import-StationPublicKey "$TestDrive/id_ed25519.pub").Fingerprint)"
        (Get-StationKeyPair ssh @mine).IsEncrypted | Should -BeTrue
        foreach ($given in @{ Passphrase = 'wrong' }, @{}) {
            (Get-ErrorOf { Import-StationKeyPair "$TestDrive/id_ed25519" @given }).FullyQualifiedErrorId |
                Should -Be 'WrongPassphrase,SecureStation.Commands.ImportStationKeyPairCommand'
        }
    }

    It 'says WrongPassphrase' {
        (Get-ErrorOf { Import-StationKeyPair "$TestDrive/locked.pem" -Passphrase wrong }).FullyQualifiedErrorId | Should -Be 'WrongPassphrase,SecureStation.Commands.ImportStationKeyPairCommand'
    }

    It 'stores with -Name, encrypted as the file was' {
        $mine = New-TestKeyStore
        (Import-StationKeyPair "$TestDrive/locked.pem" -Passphrase secret -Name bob @mine).Name | Should -Be 'bob'
        (Get-StationKeyPair bob @mine).IsEncrypted | Should -BeTrue
    }

    It 'stores nothing with -WhatIf' {
        $mine = New-TestKeyStore
        Import-StationKeyPair "$TestDrive/plain.pem" -Name bob -WhatIf @mine | Should -BeNullOrEmpty
        Get-StationKeyPair @mine | Should -BeNullOrEmpty
    }

    It 'takes wildcards with -Path, files from the pipeline, and none with -LiteralPath' {
        "$((Import-StationKeyPair "$TestDrive/pl*.pem").Fingerprint)" | Should -Be "$($key.Fingerprint)"
        "$((Get-Item "$TestDrive/plain.pem" | Import-StationKeyPair).Fingerprint)" | Should -Be "$($key.Fingerprint)"
        Copy-Item "$TestDrive/plain.pem" "$TestDrive/odd.pem"
        Rename-Item "$TestDrive/odd.pem" 'odd[1].pem'
        "$((Import-StationKeyPair -LiteralPath "$TestDrive/odd[1].pem").Fingerprint)" | Should -Be "$($key.Fingerprint)"
        (Get-ErrorOf { Import-StationKeyPair -LiteralPath "$TestDrive/pl*.pem" }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'follows the current location and drives' {
        Push-Location TestDrive:/
        try {
            "$((Import-StationKeyPair plain.pem).Fingerprint)" | Should -Be "$($key.Fingerprint)"
            "$((Import-StationKeyPair TestDrive:/plain.pem).Fingerprint)" | Should -Be "$($key.Fingerprint)"
        } finally {
            Pop-Location
        }
    }

    It 'says InvalidKey of <Case>' -TestCases @(
        @{ Case = 'garbage'; Content = 'garbage' }
        @{ Case = 'an empty file'; Content = '' }
        @{ Case = 'a PEM of something else'; Content = "-----BEGIN CERTIFICATE-----`nAAAA`n-----END CERTIFICATE-----" }
        @{ Case = 'a large file'; Content = 'x' * 100000 }
    ) {
        Set-Content "$TestDrive/bad.pem" $Content
        (Get-ErrorOf { Import-StationKeyPair "$TestDrive/bad.pem" }).FullyQualifiedErrorId | Should -Be 'InvalidKey,SecureStation.Commands.ImportStationKeyPairCommand'
    }

    It 'says that a path is of another provider' {
        (Get-ErrorOf { Import-StationKeyPair Env:/PATH }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ImportStationKeyPairCommand'
    }
}

Describe 'Import-StationKeyPair of the old notary''s files' -Skip:(-not $hasLegacy) {
    It 'reads what PyCrypto encrypted, as no station''s identity' {
        $key = (Get-Content -Raw "$PSScriptRoot/../vectors/legacy/legacy.json" | ConvertFrom-Json).rsa_key
        [IO.File]::WriteAllText("$TestDrive/privatekey.bin", $key.private_pkcs8_encrypted_pem)
        $read = Import-StationKeyPair "$TestDrive/privatekey.bin" -Passphrase $key.passphrase
        $read.KeySize, $read.Protocol | Should -Be 1024, 'DocumentNotary'
        $read.ToPublicPem() | Should -Be $key.public_pem
        Get-Everything $read | Out-String | Should -Not -BeLike '*PRIVATE*'
        (Get-ErrorOf { Import-StationKeyPair "$TestDrive/privatekey.bin" -Passphrase wrong }).FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase,*'
        $store = New-TestKeyStore
        (Get-ErrorOf { Import-StationKeyPair "$TestDrive/privatekey.bin" -Passphrase $key.passphrase -Name x @store }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'reads a short plain key with -Protocol, and refuses it without' {
        [IO.File]::WriteAllText("$TestDrive/short.pem", [Security.Cryptography.RSA]::Create(1024).ExportPkcs8PrivateKeyPem())
        (Import-StationKeyPair "$TestDrive/short.pem" -Protocol DocumentNotary).KeySize | Should -Be 1024
        (Get-ErrorOf { Import-StationKeyPair "$TestDrive/short.pem" }).FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
    }
}
