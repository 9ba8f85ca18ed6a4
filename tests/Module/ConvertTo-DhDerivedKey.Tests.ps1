BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'ConvertTo-DhDerivedKey' {
    BeforeAll {
        $a = New-DhKeyPair
        $b = New-DhKeyPair
        $secret = Invoke-DhExchange $a $b
    }

    It 'derives what HKDF of the BCL derives: <_>' -ForEach 'SHA256', 'SHA384', 'SHA512' {
        $salt = [byte[]](1..32)
        $key = $secret | ConvertTo-DhDerivedKey -Length 48 -Info files -Salt $salt -HashAlgorithm $_
        $expected = [Security.Cryptography.HKDF]::DeriveKey($_, $secret.ToBytes(), 48, $salt, [Text.Encoding]::UTF8.GetBytes('files'))
        $key.ToHex() | Should -Be ([Convert]::ToHexString($expected))
        $key.HashAlgorithm | Should -Be $_
    }

    It 'gives both sides the same key, and another for another -Info or -Salt' {
        $other = Invoke-DhExchange $b $a
        $key = ($secret | ConvertTo-DhDerivedKey -Info x).ToHex()
        ($other | ConvertTo-DhDerivedKey -Info ([byte[]][char]'x')).ToHex() | Should -Be $key
        ($secret | ConvertTo-DhDerivedKey -Info y).ToHex() | Should -Not -Be $key
        ($secret | ConvertTo-DhDerivedKey -Info x -Salt s).ToHex() | Should -Not -Be $key
    }

    It 'takes several secrets from the pipeline' {
        $secret, (Invoke-DhExchange $a (New-DhKeyPair)) | ConvertTo-DhDerivedKey | ForEach-Object Length | Should -Be 32, 32
    }

    It 'refuses a length of <_>' -ForEach 0, -1, 8161 {
        (Get-ErrorOf { $secret | ConvertTo-DhDerivedKey -Length $_ }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ConvertToDhDerivedKeyCommand'
    }

    It 'shows the key only when asked for' {
        $key = $secret | ConvertTo-DhDerivedKey
        $seen = Get-Everything $key | Out-String
        $seen | Should -Not -BeLike "*$($key.ToHex())*"
        $seen | Should -Not -BeLike "*$([Convert]::ToBase64String($key.ToBytes()))*"
    }
}
