BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Test-StationTimestamp' {
    BeforeAll {
        $ca = New-TestAuthority
        $tsa = $ca | New-StationNotaryCertificate -Subject 'CN=Test notary' -Algorithm EcdsaP256
        $notary = Start-StationNotary $tsa
        $folder = New-TestDocument good.pdf, changed.pdf, none.pdf, torn.pdf
        $stamps = Get-ChildItem $folder/*.pdf | Where-Object Name -NE 'none.pdf' | Request-StationTimestamp -Uri $notary.Uri
        Add-Content $folder/changed.pdf '!'
        Set-Content $folder/torn.pdf.tsr 'not a timestamp'
        $trust = @{ TrustedCertificate = "$TestDrive/ca.pem" }
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    It 'writes one answer for each document' {
        Get-ChildItem $folder/*.pdf | Test-StationTimestamp @trust | Should -Be $false, $true, $false, $false
    }

    It 'says who, when, or exactly why not, with -Detailed' {
        $reports = Get-ChildItem $folder/*.pdf | Test-StationTimestamp @trust -Detailed
        $reports.Fault | Should -Be 'TimestampImprintMismatch', $null, 'NotFound', 'TimestampMalformed'
        $reports[1].Signer | Should -Be 'CN=Test notary'
        ([DateTimeOffset]::UtcNow - $reports[1].Time).TotalMinutes | Should -BeLessThan 5
        Split-Path -Leaf $reports[1].DocumentPath | Should -Be 'good.pdf'
        $reports[0] | Format-List | Out-String | Should -Match '(?s)document has changed' -Because 'it is the reason'
        $reports[0] | Format-List | Out-String | Should -Not -Match ' at SecureStation' -Because 'a stack is nothing to show'
    }

    It 'takes what Request-StationTimestamp wrote' {
        $stamps | Where-Object DocumentPath -Like '*good.pdf' | Test-StationTimestamp @trust | Should -BeTrue
        Test-StationTimestamp $folder/good.pdf -Timestamp $stamps[1] @trust | Should -BeTrue
    }

    It 'trusts certificates as objects, the notary''s own, and nobody by default' {
        Test-StationTimestamp $folder/good.pdf -TrustedCertificate $ca | Should -BeTrue
        Test-StationTimestamp $folder/good.pdf -TrustedCertificate $tsa | Should -BeTrue
        (Test-StationTimestamp $folder/good.pdf -Detailed).Fault | Should -Be 'TimestampCertificateUntrusted'
        (Test-StationTimestamp $folder/good.pdf @trust -Policy 1.2.3 -Detailed).Fault | Should -Be 'TimestampPolicyMismatch'
    }

    It 'needs the certificate of a token without it' {
        $bare = New-TestDocument
        $null = Request-StationTimestamp $bare/contract.pdf -Uri $notary.Uri -NoCertificate -NoNonce
        (Test-StationTimestamp $bare/contract.pdf @trust -Detailed).Fault | Should -Be 'TimestampCertificateMissing'
        Test-StationTimestamp $bare/contract.pdf @trust -ExtraCertificate $tsa | Should -BeTrue
    }

    It 'says NotFound of a document that is not there' {
        (Get-ErrorOf { Test-StationTimestamp $folder/nothing @trust }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.TestStationTimestampCommand'
    }
}
