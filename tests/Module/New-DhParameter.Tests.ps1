BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-DhParameter' {
    It 'knows <_>' -ForEach 'ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192', 'modp2048', 'modp3072', 'modp4096', 'modp6144', 'modp8192' {
        $parameter = New-DhParameter -Group $_
        $parameter.GroupName | Should -Be $_
        "$($parameter.Bits)" | Should -Be ($_ -replace '\D')
    }

    It 'takes names from the pipeline, in any case, and by property name' {
        ('FFDHE2048', 'modp3072' | New-DhParameter).GroupName | Should -Be 'ffdhe2048', 'modp3072'
        ([pscustomobject]@{ Group = 'ffdhe4096' } | New-DhParameter).Bits | Should -Be 4096
    }

    It 'goes on after a name that it does not know' {
        $found = 'modp1024', 'modp2048' | New-DhParameter -ErrorAction SilentlyContinue -ErrorVariable problem
        $found.GroupName | Should -Be 'modp2048'
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewDhParameterCommand'
        $problem.TargetObject | Should -Be 'modp1024'
    }

    It 'generates a safe prime for the generator <_>, with a warning where it is weak' -ForEach 2, 3, 5 {
        $parameter = New-DhParameter -Bits 512 -Generator $_ -AllowWeakParameter -WarningVariable warning -WarningAction SilentlyContinue
        $parameter.Bits | Should -Be 512
        $parameter.Generator | Should -Be $_
        $warning | Should -HaveCount 1
        $parameter | Test-DhParameter -AllowWeakParameter | Should -BeTrue
        $parameter | Test-DhParameter | Should -BeFalse
    }

    It 'refuses <Bits> bits' -ForEach @{ Bits = 512 }, @{ Bits = 2047 }, @{ Bits = 8193 }, @{ Bits = -1 } {
        (Get-ErrorOf { New-DhParameter -Bits $Bits }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewDhParameterCommand'
    }

    It 'shows progress and obeys Ctrl+C' {
        $shell = [powershell]::Create().AddScript("Import-Module '$root/SecureStation.psd1'; New-DhParameter -Bits 8192")
        $null = $shell.BeginInvoke()
        $limit = [datetime]::Now.AddSeconds(20)
        while (-not ($shell.Streams.Progress | Where-Object Activity -Like '*8192*') -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 50 }
        $shell.Streams.Progress.Activity | Should -Contain 'Searching a safe prime of 8192 bits'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 20.5
        $shell.Dispose()
    }

    It 'completes groups' {
        $line = 'New-DhParameter -Group ffdhe4'
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Be 'ffdhe4096'
    }
}
