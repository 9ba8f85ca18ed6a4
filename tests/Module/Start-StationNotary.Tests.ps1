BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Start-StationNotary' {
    BeforeAll { $tsa = New-TestAuthority | New-StationNotaryCertificate -Algorithm EcdsaP256 }

    AfterEach { Get-StationNotary | Stop-StationNotary }

    It 'answers openssl by curl, and openssl verifies' -Skip:(-not (Get-Command openssl, curl -ErrorAction Ignore)) {
        $folder = New-TestDocument
        $notary = Start-StationNotary -Port 0 -Certificate $tsa
        openssl ts -query -data "$folder/contract.pdf" -sha256 -cert -out "$folder/q" 2>$null
        curl -sS -H 'Content-Type: application/timestamp-query' --data-binary "@$folder/q" -o "$folder/r" $notary.Uri
        openssl ts -verify -queryfile "$folder/q" -in "$folder/r" -CAfile "$TestDrive/ca.pem" 2>$null | Should -Contain 'Verification: OK'
    }

    It 'takes the certificate from the pipeline' {
        ($tsa | Start-StationNotary).Certificate.Subject | Should -Be $tsa.Subject
    }

    It 'takes a file of the certificate by a relative path, with its password' {
        Push-Location $TestDrive
        try {
            [IO.File]::WriteAllBytes("$TestDrive/tsa.pfx", $tsa.Export('Pfx', 'a password'))
            "$($tsa.ExportCertificatePem())`n$([Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($tsa).ExportPkcs8PrivateKeyPem())" | Set-Content tsa.pem
            (Start-StationNotary ./tsa.pfx -CertificatePassword 'a password').Certificate.Subject | Should -Be $tsa.Subject
            (Get-Item tsa.pem | Start-StationNotary).Certificate.Subject | Should -Be $tsa.Subject
            $failure = Get-ErrorOf { Start-StationNotary tsa.pfx -CertificatePassword 'another' }
            $failure.FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-CertificatePassword*'
            (Get-ErrorOf { Start-StationNotary ./ca.pem }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument*'
            (Get-ErrorOf { Start-StationNotary ./missing.pfx }).FullyQualifiedErrorId | Should -BeLike 'NotFound*'
        } finally { Pop-Location }
    }

    It 'refuses the certificate of an authority' {
        (Get-ErrorOf { New-TestAuthority | Start-StationNotary }).FullyQualifiedErrorId | Should -BeLike 'TimestampCertificateUnsuitable*'
    }

    It 'signs its log with the key pair that is given, and says where there is none' {
        $key = New-StationKeyPair
        $notary = Start-StationNotary $tsa -LogPath "$TestDrive/keyed.log" -KeyPair $key
        $notary.IsLogKeyTemporary | Should -BeFalse
        "$($notary.Log.PublicKey.Fingerprint)" | Should -Be "$($key.Fingerprint)"
        (Start-StationNotary $tsa -LogPath "$TestDrive/other.log").IsLogKeyTemporary | Should -BeTrue
    }

    It 'warns of a torn last line, and drops it' {
        $folder = New-TestDocument a, b
        $log = "$folder/notary.log"
        $notary = Start-StationNotary $tsa -LogPath $log
        Get-ChildItem $folder/? | Request-StationTimestamp -Uri $notary.Uri | Out-Null
        Stop-StationNotary $notary
        $bytes = [IO.File]::ReadAllBytes($log)
        [IO.File]::WriteAllBytes($log, $bytes[0..($bytes.Length - 20)])
        $notary = Start-StationNotary $tsa -LogPath $log -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*torn*'
        $notary.Log.Count | Should -Be 1
        Get-StationNotaryLog $notary | Test-StationNotaryLog | Should -BeTrue
    }

    It 'loses nothing that was given out when it is killed' -Skip:($IsWindows) {
        $folder = New-TestDocument (1..40 | ForEach-Object { "$_.txt" })
        $tsa.ExportCertificatePem(), [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($tsa).ExportPkcs8PrivateKeyPem() -join "`n" | Set-Content "$folder/tsa.pem"
        $code = "Import-Module '$root/SecureStation.psd1'; `$c = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile('$folder/tsa.pem'); (Start-StationNotary `$c -LogPath '$folder/notary.log').Uri.ToString() | Set-Content '$folder/uri'; Start-Sleep 600"
        $process = Start-PowerShell '-Command', $code
        foreach ($attempt in 1..600) { if ($uri = Get-Content "$folder/uri" -ErrorAction Ignore) { break } else { Start-Sleep -Milliseconds 100 } }
        $uri | Should -Not -BeNullOrEmpty
        $given = Get-ChildItem "$folder/*.txt" | ForEach-Object {
            if ($_.Name -eq '9.txt') { Stop-PowerShell $process }
            Request-StationTimestamp -LiteralPath $_ -Uri $uri -TimeoutSec 60 -ErrorAction SilentlyContinue
        }
        $given.Count | Should -BeGreaterThan 10
        $notary = Start-StationNotary $tsa -LogPath "$folder/notary.log" -WarningAction SilentlyContinue
        $entries = Get-StationNotaryLog $notary
        $entries | Test-StationNotaryLog | Should -BeTrue
        $given.SerialNumber | Where-Object { $_ -notin $entries.SerialNumber } | Should -BeNullOrEmpty
    }

    It 'starts nothing with -WhatIf' {
        Start-StationNotary $tsa -LogPath "$TestDrive/whatif.log" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/whatif.log" | Should -Not -Exist
        Get-StationNotary | Should -BeNullOrEmpty
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'a certificate that is not for timestamps'; Id = 'TimestampCertificateUnsuitable'; Script = { Start-StationNotary (New-StationNotaryCertificate -Authority -Algorithm EcdsaP256) } }
        @{ Case = 'a certificate without its key'; Id = 'InvalidKey'; Script = { Start-StationNotary ([Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadCertificate($tsa.RawData)) } }
        @{ Case = 'a policy that is no OID'; Id = 'InvalidArgument'; Script = { Start-StationNotary $tsa -Policy none } }
        @{ Case = 'a port that is taken'; Id = 'ListenFailed'; Script = { $one = Start-StationNotary $tsa; Start-StationNotary $tsa -Port $one.Port } }
        @{ Case = 'a log that another notary has'; Id = 'StorageFailed'; Script = { $null = Start-StationNotary $tsa -LogPath $TestDrive/one.log; Start-StationNotary $tsa -LogPath $TestDrive/one.log } }
        @{ Case = 'a log that is none'; Id = 'NotaryLogDamaged'; Script = { Set-Content $TestDrive/no.log hello; Start-StationNotary $tsa -LogPath $TestDrive/no.log } }
        @{ Case = 'the old protocol without -AllowLegacy'; Id = 'LegacyNotAllowed'; Script = { Start-StationNotary -Protocol DocumentNotary -KeyPair (New-StationKeyPair) -PublicKeyDirectory . } }
        @{ Case = 'an identity of the key store in the old protocol'; Id = 'InvalidKey'; Script = { $store = New-TestKeyStore; Start-StationNotary -Protocol DocumentNotary -AllowLegacy -KeyPair (New-StationKeyPair x -Algorithm Rsa -KeySize 2048 @store) -PublicKeyDirectory . -WarningAction SilentlyContinue } }
    ) {
        if ($Case -match 'the old' -and -not $hasLegacy) { Set-ItResult -Skipped -Because 'the old protocols are not part of this build' }
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.StartStationNotaryCommand"
    }

    It 'serves the old notary on its port' -Skip:(-not $hasLegacy) {
        $keys = New-TestNotaryKey
        $notary = Start-StationNotary -Protocol DocumentNotary -AllowLegacy -KeyPair $keys.Server -PublicKeyDirectory $keys.Folder -Port 0 -WarningVariable warnings -WarningAction SilentlyContinue
        $notary.Uri | Should -BeLike 'notary://127.0.0.1:*/'
        "$warnings" | Should -BeLike '*authenticates nobody*'
        $null = Start-StationNotary -Protocol DocumentNotary -AllowLegacy -KeyPair $keys.Server -PublicKeyDirectory $keys.Folder -Port 0 -SignEmptyHash -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*hash of nothing*'
    }
}
