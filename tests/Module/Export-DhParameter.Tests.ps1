BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Export-DhParameter' {
    BeforeAll { $parameter = New-DhParameter -Group ffdhe2048 }
    BeforeEach { $file = Join-Path $TestDrive "$([guid]::NewGuid()).pem" }

    It 'writes <_> that openssl finds ok' -ForEach 'Pem', 'Der' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        $parameter | Export-DhParameter $file -Format $_
        openssl dhparam -inform $_.ToUpper() -in $file -check -noout 2>&1 | Out-String | Should -BeLike '*DH parameters appear to be ok.*'
        $LASTEXITCODE | Should -Be 0
    }

    It 'takes the parameters as an argument and from the pipeline, and writes the file with -PassThru' {
        Export-DhParameter -Parameter $parameter -LiteralPath $file -PassThru | Should -BeOfType IO.FileInfo
        (Import-DhParameter $file).GroupName | Should -Be 'ffdhe2048'
    }

    It 'replaces no file unless told to' {
        Set-Content $file precious
        (Get-ErrorOf { $parameter | Export-DhParameter $file }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.ExportDhParameterCommand'
        Get-Content $file | Should -Be 'precious'
        $parameter | Export-DhParameter $file -Force
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN DH PARAMETERS-----'
    }

    It 'writes nothing with -WhatIf' {
        $parameter | Export-DhParameter $file -WhatIf
        $file | Should -Not -Exist
    }
}
