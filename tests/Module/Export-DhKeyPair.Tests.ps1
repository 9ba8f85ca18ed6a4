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
