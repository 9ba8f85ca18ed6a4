BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Import-DhKeyPair' {
    BeforeEach { $file = Join-Path $TestDrive "$([guid]::NewGuid()).pem" }

    It 'reads what Export-DhKeyPair wrote: <_>' -ForEach 'X25519', 'ffdhe2048', 'modp2048' {
        $pair = New-DhKeyPair -Group $_
        $pair | Export-DhKeyPair $file
        "$((Import-DhKeyPair $file).PublicKey)" | Should -Be "$($pair.PublicKey)"
        (Get-Item $file | Import-DhKeyPair).GroupName | Should -Be $_
    }

    It 'reads keys of openssl, and derives the same secret' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        openssl genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out $file
        openssl pkey -in $file -pubout -out "$file.pub"
        $theirs = Import-DhKeyPair "$file.pub" -PublicOnly
        $theirs | Should -BeOfType ([DhPublicKey])
        $own = New-DhKeyPair -Group ffdhe2048
        $own | Export-DhKeyPair "$file.own" -PublicOnly
        openssl pkeyutl -derive -pkeyopt dh_pad:1 -inkey $file -peerkey "$file.own" -out "$file.bin"
        $LASTEXITCODE | Should -Be 0
        (Invoke-DhExchange $own $theirs).ToHex() | Should -Be ([Convert]::ToHexString([IO.File]::ReadAllBytes("$file.bin")))
        (Import-DhKeyPair $file | Invoke-DhExchange $own).ToHex() | Should -Be ([Convert]::ToHexString([IO.File]::ReadAllBytes("$file.bin")))
    }

    It 'opens an encrypted file with its passphrase only' {
        New-DhKeyPair | Export-DhKeyPair $file -Passphrase secret
        (Import-DhKeyPair $file -Passphrase secret).GroupName | Should -Be 'X25519'
        (Get-ErrorOf { Import-DhKeyPair $file }).FullyQualifiedErrorId | Should -Be 'WrongPassphrase,SecureStation.Commands.ImportDhKeyPairCommand'
        (Get-ErrorOf { Import-DhKeyPair $file -Passphrase wrong }).FullyQualifiedErrorId | Should -Be 'WrongPassphrase,SecureStation.Commands.ImportDhKeyPairCommand'
    }

    It 'refuses other keys, and goes on' {
        New-StationKeyPair -Algorithm Ed25519 | Export-StationKeyPair -Path $file
        New-DhKeyPair | Export-DhKeyPair "$file.good"
        $read = Import-DhKeyPair $file, "$file.good", "$file.none" -ErrorAction SilentlyContinue -ErrorVariable problems
        $read.GroupName | Should -Be 'X25519'
        $problems.FullyQualifiedErrorId | Should -Be 'InvalidKey,SecureStation.Commands.ImportDhKeyPairCommand', 'NotFound,SecureStation.Commands.ImportDhKeyPairCommand'
    }
}
