BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Test-StationNotaryLog' {
    BeforeAll {
        $key = New-StationKeyPair
        $notary = New-TestAuthority | New-StationNotaryCertificate -Algorithm EcdsaP256 | Start-StationNotary -LogPath "$TestDrive/notary.log" -KeyPair $key
        $folder = New-TestDocument a, b, c, d
        $null = Get-ChildItem $folder/? | Request-StationTimestamp -Uri $notary.Uri
        $head = $notary.LogHead
        $entries = Get-StationNotaryLog $notary
        $lines = Get-Content "$TestDrive/notary.log"
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    It 'writes True of a log that nobody touched: from the pipeline, files, with everything checked' {
        Get-StationNotaryLog $notary | Test-StationNotaryLog | Should -BeTrue
        Test-StationNotaryLog -Path "$TestDrive/notary.log" -Head $head -Fingerprint "$($key.Fingerprint)" -TrustedCertificate "$TestDrive/ca.pem" | Should -BeTrue
        Test-StationNotaryLog "$TestDrive/notary.log" | Should -BeTrue
        Test-StationNotaryLog $entries -Head $head | Should -BeTrue
        Get-Item "$TestDrive/notary.log" | Test-StationNotaryLog -Head "$head" | Should -BeTrue
    }

    It 'reports a tail that cannot be checked, and one that was cut' {
        ($entries | Test-StationNotaryLog -Detailed).Tail | Should -Be 'NotCheckable'
        ($entries | Test-StationNotaryLog -Detailed -Head $entries[3]).Tail | Should -Be 'Reached'
        $report = $entries | Select-Object -First 2 | Test-StationNotaryLog -Detailed -Head $head
        $report.Tail, $report.Problems[0].Kind, $report.Problems[0].Sequence | Should -Be 'Cut', 'Cut', 3
        @() | Test-StationNotaryLog -Head $head | Should -BeFalse
    }

    It 'finds and locates <Case>' -TestCases @(
        @{ Case = 'an edit'; Kind = 'Edited'; Sequence = 2; Edit = { $lines[0], ($lines[1] -replace '.{12}(?= \S+$)', 'AAAAAAAAAAA='), $lines[2], $lines[3] } }
        @{ Case = 'entries that changed places'; Kind = 'OutOfOrder'; Sequence = 2; Edit = { $lines[0, 2, 1, 3] } }
        @{ Case = 'an entry that is missing'; Kind = 'Missing'; Sequence = 3; Edit = { $lines[0, 1, 3] } }
        @{ Case = 'the first entry missing'; Kind = 'Missing'; Sequence = 1; Edit = { $lines[1, 2, 3] } }
        @{ Case = 'an entry twice'; Kind = 'Repeated'; Sequence = 2; Edit = { $lines[0, 1, 1, 2, 3] } }
    ) {
        Set-Content "$TestDrive/edited.log" (& $Edit)
        $report = Test-StationNotaryLog -Path "$TestDrive/edited.log" -Detailed -Head $head
        $report.IsValid, @($report.Problems)[0].Kind, @($report.Problems)[0].Sequence | Should -Be $false, $Kind, $Sequence
        $report.ProblemCount | Should -Be 1
        Test-StationNotaryLog -LiteralPath "$TestDrive/edited.log" | Should -BeFalse
    }

    It 'finds another key, with -Fingerprint' {
        ($entries | Test-StationNotaryLog -Detailed -Fingerprint "$((New-StationKeyPair).Fingerprint)").Problems[0].Kind | Should -Be 'WrongKey'
    }

    It 'says InvalidArgument of a head and of a fingerprint that are none' {
        (Get-ErrorOf { $entries | Test-StationNotaryLog -Head nonsense }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.TestStationNotaryLogCommand'
        (Get-ErrorOf { $entries | Test-StationNotaryLog -Fingerprint nonsense }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.TestStationNotaryLogCommand'
    }
}
