BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Export-StationKeyPair' {
    BeforeAll {
        $store = New-TestKeyStore
        $null = New-StationKeyPair alice @store
        $null = New-StationKeyPair locked -Passphrase secret @store
    }

    BeforeEach { $file = Join-Path $TestDrive "$([guid]::NewGuid()).pem" }

    It 'writes a file that openssl reads' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        Export-StationKeyPair alice $file -NewPassphrase 'open sesame' @store
        openssl pkey -in $file -passin 'pass:open sesame' -noout
        $LASTEXITCODE | Should -Be 0
    }

    It 'writes files that ssh-keygen reads, of <_>' -Skip:(-not (Get-Command ssh-keygen -ErrorAction Ignore)) -ForEach 'Ed25519', 'P-256', 'Rsa' {
        $key = New-StationKeyPair -Algorithm $_
        Export-StationKeyPair $key $file -Format OpenSsh -NewPassphrase 'open sesame'
        Export-StationKeyPair $key "$file.pub" -Format OpenSsh -PublicOnly
        (ssh-keygen -y -P 'open sesame' -f $file).Trim() | Should -Be (Get-Content "$file.pub")
        $LASTEXITCODE | Should -Be 0
    }

    It 'writes for ssh what is read back as the same identity, in clear and encrypted' {
        foreach ($given in @{}, @{ Passphrase = 'open sesame' }) {
            $key = New-StationKeyPair
            Export-StationKeyPair $key $file -Format OpenSsh -Force @given
            Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN OPENSSH PRIVATE KEY-----'
            "$((Import-StationKeyPair $file @given).Fingerprint)" | Should -Be "$($key.Fingerprint)"
        }
    }

    It 'writes a file that only its owner can read' -Skip:$IsWindows {
        Export-StationKeyPair alice $file @store
        [IO.File]::GetUnixFileMode($file) | Should -Be 'UserWrite, UserRead'
    }

    It 'writes the public key, of an encrypted key without its passphrase' {
        Export-StationKeyPair locked $file -PublicOnly @store
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN PUBLIC KEY-----'
    }

    It 'keeps the passphrase of the key' {
        Export-StationKeyPair locked $file -Passphrase secret @store
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN ENCRYPTED PRIVATE KEY-----'
        (Import-StationKeyPair $file -Passphrase secret).Algorithm | Should -Be 'Ed25519'
    }

    It 'refuses an empty passphrase, whichever, and writes nothing' {
        $nothing = $null
        foreach ($given in @{ Passphrase = '' }, @{ NewPassphrase = $nothing }, @{ NewPassphrase = [securestring]::new() }) {
            (Get-ErrorOf { Export-StationKeyPair alice $file @given @store }).FullyQualifiedErrorId |
                Should -Be 'InvalidArgument,SecureStation.Commands.ExportStationKeyPairCommand'
        }

        $file | Should -Not -Exist
    }

    It 'writes an encrypted key in clear where it is opened first, and says so' {
        $said = Get-StationKeyPair locked -Open -Passphrase secret @store | Export-StationKeyPair -Path $file -Verbose 4>&1
        "$said" | Should -BeLike '*not encrypted*'
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN PRIVATE KEY-----'
    }

    It 'needs the passphrase' {
        (Get-ErrorOf { Export-StationKeyPair locked $file @store }).FullyQualifiedErrorId | Should -Be 'WrongPassphrase,SecureStation.Commands.ExportStationKeyPairCommand'
        $file | Should -Not -Exist
    }

    It 'takes key pairs and list entries from the pipeline' {
        Get-StationKeyPair alice @store | Export-StationKeyPair -Path $file
        New-StationKeyPair | Export-StationKeyPair -Path "$file.2" -PassThru | Should -BeOfType IO.FileInfo
        $file, "$file.2" | Should -Exist
    }

    It 'takes a name as its sister cmdlets do' {
        Export-StationKeyPair -Name locked -Path $file -PublicOnly @store
        $file | Should -Exist
    }

    It 'replaces no file unless told to' {
        Set-Content $file precious
        (Get-ErrorOf { Export-StationKeyPair alice $file @store }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.ExportStationKeyPairCommand'
        Get-Content $file | Should -Be 'precious'
        Export-StationKeyPair alice $file -Force @store
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN PRIVATE KEY-----'
    }

    It 'writes nothing with -WhatIf' {
        Export-StationKeyPair alice $file -WhatIf @store
        $file | Should -Not -Exist
    }
}
