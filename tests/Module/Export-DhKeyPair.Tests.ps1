BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Export-DhKeyPair' {
    BeforeAll { $pair = New-DhKeyPair -Group ffdhe2048 }
    BeforeEach { $file = Join-Path $TestDrive "$([guid]::NewGuid()).pem" }

    It 'writes a file that openssl reads' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        $pair | Export-DhKeyPair $file -Passphrase 'open sesame'
        openssl pkey -in $file -passin 'pass:open sesame' -noout
        $LASTEXITCODE | Should -Be 0
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN ENCRYPTED PRIVATE KEY-----'
    }

    It 'writes a file that only its owner can read' -Skip:$IsWindows {
        Export-DhKeyPair -KeyPair $pair -LiteralPath $file
        [IO.File]::GetUnixFileMode($file) | Should -Be 'UserWrite, UserRead'
    }

    It 'writes the public key alone with -PublicOnly' {
        $pair | Export-DhKeyPair $file -PublicOnly -PassThru | Should -BeOfType IO.FileInfo
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN PUBLIC KEY-----'
        Get-Content -Raw $file | Should -Be $pair.PublicKey.ToPem()
    }

    It 'refuses an empty passphrase and writes nothing; without one it says that the file is in clear' {
        (Get-ErrorOf { $pair | Export-DhKeyPair $file -Passphrase $undefined }).FullyQualifiedErrorId |
            Should -Be 'InvalidArgument,SecureStation.Commands.ExportDhKeyPairCommand'
        $file | Should -Not -Exist
        "$($pair | Export-DhKeyPair $file -Verbose 4>&1)" | Should -BeLike '*not encrypted*'
    }

    It 'writes X9.42 for peers whose openssl key is DHX' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        openssl genpkey -algorithm DHX -pkeyopt group:ffdhe2048 -out "$file.theirs"
        $pair | Export-DhKeyPair $file -PublicOnly -Format X942
        openssl pkeyutl -derive -pkeyopt pad:1 -inkey "$file.theirs" -peerkey $file -out "$file.bin"
        $LASTEXITCODE | Should -Be 0
        $secret = Import-DhKeyPair "$file.theirs" | Invoke-DhExchange -KeyPair $pair
        $secret.ToHex() | Should -Be ([Convert]::ToHexString([IO.File]::ReadAllBytes("$file.bin")))
    }

    It 'refuses X9.42 of an X25519 key, and writes nothing' {
        (Get-ErrorOf { New-DhKeyPair | Export-DhKeyPair $file -Format X942 }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ExportDhKeyPairCommand'
        $file | Should -Not -Exist
    }

    It 'replaces no file unless told to' {
        Set-Content $file precious
        (Get-ErrorOf { $pair | Export-DhKeyPair $file }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.ExportDhKeyPairCommand'
        Get-Content $file | Should -Be 'precious'
        $pair | Export-DhKeyPair $file -Force
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN PRIVATE KEY-----'
    }

    It 'writes nothing with -WhatIf' {
        $pair | Export-DhKeyPair $file -WhatIf
        $file | Should -Not -Exist
    }
}
