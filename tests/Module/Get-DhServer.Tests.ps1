BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-DhServer' -Skip:(-not $hasLegacy) {
    BeforeAll {
        $a = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
        $b = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore
    }

    AfterAll { $a, $b | Stop-DhServer }

    It 'gets the servers of the process, the oldest first' {
        (Get-DhServer).Id | Should -Be $a.Id, $b.Id
    }

    It 'finds by id, wildcards and from the pipeline' {
        (Get-DhServer $b.Id).Port | Should -Be $b.Port
        (Get-DhServer "$($a.Id.Substring(0, 6))*").Id | Should -Contain $a.Id
        ($b.Id, $a.Id | Get-DhServer).Id | Should -Be $b.Id, $a.Id
        ($a | Get-DhServer).Id | Should -Be $a.Id
    }

    It 'says that there is none of an id' {
        (Get-ErrorOf { Get-DhServer nosuch }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetDhServerCommand'
        Get-DhServer 'nosuch*' | Should -BeNullOrEmpty
    }

    It 'completes ids' {
        $line = "Get-DhServer -Id $($b.Id)"
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Be $b.Id
    }
}
