BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Get-StationNotary' {
    BeforeAll {
        $tsa = New-StationNotaryCertificate -Algorithm EcdsaP256
        $one = Start-StationNotary $tsa
        $two = Start-StationNotary $tsa
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    It 'writes those of the process, the oldest first' {
        (Get-StationNotary).Id | Should -Be $one.Id, $two.Id
    }

    It 'takes ids, wildcards, and the pipeline by value and by property name' {
        (Get-StationNotary $two.Id).Id | Should -Be $two.Id
        ($one.Id | Get-StationNotary).Id | Should -Be $one.Id
        ($two | Select-Object Id | Get-StationNotary).Id | Should -Be $two.Id
        Get-StationNotary 'x*' | Should -BeNullOrEmpty
    }

    It 'says NotFound' {
        (Get-ErrorOf { Get-StationNotary nobody }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationNotaryCommand'
    }

    It 'completes ids' {
        (TabExpansion2 'Get-StationNotary -Id ' 22).CompletionMatches.CompletionText | Should -Contain $one.Id
    }

    It 'has a view' {
        Get-StationNotary | Out-String | Should -BeLike '*Granted*Rejected*'
    }
}
