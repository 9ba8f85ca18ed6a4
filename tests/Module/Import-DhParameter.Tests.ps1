BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Import-DhParameter' {
    BeforeAll {
        $pem = Join-Path $TestDrive a.pem
        $der = Join-Path $TestDrive b.der
        New-DhParameter -Group ffdhe2048 | Export-DhParameter $pem
        New-DhParameter -Group modp3072 | Export-DhParameter $der -Format Der
    }

    It 'reads PEM and DER, by wildcards and from the pipeline' {
        (Import-DhParameter (Join-Path $TestDrive *.???)).GroupName | Should -Be 'ffdhe2048', 'modp3072'
        (Get-ChildItem $TestDrive -File | Import-DhParameter).GroupName | Should -Be 'ffdhe2048', 'modp3072'
        ($pem, $der | Import-DhParameter).Bits | Should -Be 2048, 3072
    }

    It 'reads a name with wildcard characters' {
        $odd = Join-Path $TestDrive 'dh[1].pem'
        New-DhParameter -Group modp2048 | Export-DhParameter -LiteralPath $odd
        (Import-DhParameter -LiteralPath $odd).GroupName | Should -Be 'modp2048'
        Remove-Item -LiteralPath $odd
    }

    It 'refuses a modulus that is no safe prime' {
        $bad = Join-Path $TestDrive composite.bin
        [DhParameter]::new((New-DhParameter ffdhe2048).Prime + 2, 2) | Export-DhParameter $bad
        $problem = Get-ErrorOf { Import-DhParameter $bad }
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.ImportDhParameterCommand'
        $problem.CategoryInfo.Category | Should -Be 'InvalidData'
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$problem" | Should -BeLike '*ModulusComposite*'
    }

    It 'takes a weak prime only with -AllowWeakParameter, and warns' {
        $weak = Join-Path $TestDrive weak.bin
        New-DhParameter -Bits 512 -AllowWeakParameter -WarningAction Ignore | Export-DhParameter $weak
        (Get-ErrorOf { Import-DhParameter $weak }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.ImportDhParameterCommand'
        (Import-DhParameter $weak -AllowWeakParameter -WarningVariable warning -WarningAction SilentlyContinue).Bits | Should -Be 512
        $warning | Should -HaveCount 1
    }

    It 'goes on after a file that is not good' {
        $garbage = Join-Path $TestDrive garbage.bin
        Set-Content $garbage nonsense
        $read = Import-DhParameter $garbage, (Join-Path $TestDrive none), $pem -ErrorAction SilentlyContinue -ErrorVariable problems
        $read.GroupName | Should -Be 'ffdhe2048'
        $problems.FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.ImportDhParameterCommand', 'NotFound,SecureStation.Commands.ImportDhParameterCommand'
    }
}
