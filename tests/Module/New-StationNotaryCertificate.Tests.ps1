BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'New-StationNotaryCertificate' {
    It 'makes a self-signed one for timestamps alone, RSA 3072 by default' {
        $certificate = New-StationNotaryCertificate
        $certificate.HasPrivateKey | Should -BeTrue
        $certificate.Issuer | Should -Be $certificate.Subject
        $certificate.PublicKey.GetRSAPublicKey().KeySize | Should -Be 3072
        $usage = $certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.37' }
        $usage.Critical | Should -BeTrue
        $usage.EnhancedKeyUsages.Value | Should -Be '1.3.6.1.5.5.7.3.8'
        ($certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.15' }).KeyUsages | Should -Be 'DigitalSignature'
    }

    It 'has one issued, from the pipeline, no longer valid than its issuer' {
        $ca = New-StationNotaryCertificate 'CN=CA' -Authority -Algorithm P256 -NotAfter ([DateTimeOffset]::Now.AddDays(3))
        $certificate = $ca | New-StationNotaryCertificate -Subject 'CN=Issued' -Algorithm P256
        $certificate.Subject | Should -Be 'CN=Issued'
        $certificate.Issuer | Should -Be 'CN=CA'
        $certificate.NotAfter | Should -BeLessOrEqual $ca.NotAfter
    }

    It 'makes nothing with -WhatIf' { New-StationNotaryCertificate -WhatIf | Should -BeNullOrEmpty }

    It 'says InvalidArgument of <Case>' -TestCases @(
        @{ Case = 'a size'; Script = { New-StationNotaryCertificate -KeySize 1024 } }
        @{ Case = 'times that are the wrong way round'; Script = { New-StationNotaryCertificate -Algorithm P256 -NotBefore 2030-01-02 -NotAfter 2030-01-01 } }
        @{ Case = 'an issuer that may not issue'; Script = { New-StationNotaryCertificate -Algorithm P256 | New-StationNotaryCertificate -Algorithm P256 } }
    ) {
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationNotaryCertificateCommand'
    }
}
