BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Test-DhParameter' {
    BeforeAll {
        $good = New-DhParameter -Group ffdhe2048
        $composite = [DhParameter]::new($good.Prime + 2, 2)
    }

    It 'writes one bool for each input' {
        $answers = $good, $composite, $good | Test-DhParameter
        $answers | Should -Be $true, $false, $true
        $answers | Should -BeOfType bool
    }

    It 'says why with -Detailed: <Problem>' -ForEach @(
        @{ Problem = 'ModulusComposite'; Make = { [DhParameter]::new($good.Prime + 2, 2) } }
        @{ Problem = 'ModulusEven'; Make = { [DhParameter]::new($good.Prime - 1, 2) } }
        @{ Problem = 'GeneratorOutOfRange'; Make = { [DhParameter]::new($good.Prime, 1) } }
        @{ Problem = 'GeneratorOutOfRange'; Make = { [DhParameter]::new($good.Prime, $good.Prime - 1) } }
        @{ Problem = 'PrimeTooSmall'; Make = { [DhParameter]::new(23, 5) } }
        @{ Problem = 'PrimeTooLarge'; Make = { [DhParameter]::new([bigint]::Pow(2, 9000) + 1, 2) } }
    ) {
        $report = & $Make | Test-DhParameter -Detailed
        $report.Problems | Should -Contain $Problem
        $report.IsAcceptable | Should -BeFalse
    }

    It 'recognises a known group by its name, and a generator''s order' {
        $report = [DhParameter]::new($good.Prime, 2) | Test-DhParameter -Detailed
        $report.GroupName | Should -Be 'ffdhe2048'
        $report.GeneratorOrder | Should -Be 'q'
        ([DhParameter]::new($good.Prime, 7) | Test-DhParameter -Detailed).GeneratorOrder | Should -Be '2q'
    }

    It 'tests files, and answers what is no file of parameters with False' {
        $good | Export-DhParameter (Join-Path $TestDrive good.pem)
        Set-Content (Join-Path $TestDrive bad.pem) 'no parameters'
        Test-DhParameter -Path (Join-Path $TestDrive *.pem) | Should -Be $false, $true
        Get-Item (Join-Path $TestDrive good.pem) | Test-DhParameter | Should -BeTrue
        (Get-ErrorOf { Test-DhParameter -LiteralPath (Join-Path $TestDrive bad.pem) -Detailed }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.TestDhParameterCommand'
        (Get-ErrorOf { Test-DhParameter -LiteralPath (Join-Path $TestDrive none.pem) }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.TestDhParameterCommand'
    }

    It 'agrees with openssl about what openssl made' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        $file = Join-Path $TestDrive openssl.pem
        openssl dhparam -out $file 512 2>$null
        Test-DhParameter -Path $file -AllowWeakParameter | Should -BeTrue
        Test-DhParameter -Path $file | Should -BeFalse
        (Test-DhParameter -Path $file -Detailed).IsWeak | Should -BeTrue
    }
}
