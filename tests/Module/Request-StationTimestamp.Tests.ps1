BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Request-StationTimestamp' {
    BeforeAll {
        $tsa = New-TestAuthority | New-StationNotaryCertificate -Algorithm EcdsaP256
        $notary = Start-StationNotary $tsa
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    It 'stamps the files that are piped in, each beside itself, and openssl verifies' {
        $folder = New-TestDocument a.pdf, b.pdf, 'odd[1].pdf'
        $stamps = Get-ChildItem $folder/*.pdf | Request-StationTimestamp -Uri $notary.Uri
        $stamps.Count | Should -Be 3
        $stamps.DocumentPath | Should -Be (Get-ChildItem $folder/*.pdf).FullName
        foreach ($one in $stamps) {
            Test-Path -LiteralPath $one.Path | Should -BeTrue
            if (Get-Command openssl -ErrorAction Ignore) {
                openssl ts -verify -data $one.DocumentPath -in $one.Path -CAfile "$TestDrive/ca.pem" 2>$null | Should -Contain 'Verification: OK'
            }
        }
    }

    It 'passes over folders and earlier answers that the pipeline or a wildcard brings, and takes what is named' {
        $folder = New-TestDocument a.txt, b.txt
        $null = New-Item -ItemType Directory $folder/below
        Set-Content $folder/below/c.txt c
        foreach ($run in 1..2) {
            (Get-ChildItem $folder -Recurse | Request-StationTimestamp -Uri $notary.Uri -Force).DocumentPath | Split-Path -Leaf | Sort-Object | Should -Be a.txt, b.txt, c.txt
        }
        (Request-StationTimestamp $folder/* -Uri $notary.Uri -Force).Count | Should -Be 2
        (Get-ChildItem $folder -Recurse | Test-StationTimestamp -TrustedCertificate $TestDrive/ca.pem) | Should -Be $true, $true, $true
        (Request-StationTimestamp $folder/a.txt.tsr -Uri $notary.Uri).DocumentPath | Should -BeLike '*a.txt.tsr'
        (Get-ErrorOf { Request-StationTimestamp $folder/below -Uri $notary.Uri }).Exception.Message | Should -BeLike '*directory*'
    }

    It 'shows no login of an address, and gives one over http only where that is allowed' {
        $folder = New-TestDocument
        $failure = Get-ErrorOf { Request-StationTimestamp $folder/contract.pdf -Uri 'http://user:s3cret@127.0.0.1:1/' -WarningAction SilentlyContinue -WarningVariable warnings }
        ($failure | Format-List * -Force | Out-String) -replace [regex]::Escape($failure.InvocationInfo.Line) | Should -Not -Match 's3cret'
        $failure.Exception.Message | Should -BeLike '*http://*@127.0.0.1:1/*'
        $failure = Get-ErrorOf { Request-StationTimestamp $folder/contract.pdf -Uri 'http://user:s3cret@[no' }
        ($failure | Format-List * -Force | Out-String) -replace [regex]::Escape($failure.InvocationInfo.Line) | Should -Not -Match 's3cret'
        $failure.Exception.Message | Should -BeLike '*no web address*'
        $login = [pscredential]::new('alice', (ConvertTo-SecureString 'word' -AsPlainText -Force))
        (Get-ErrorOf { Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri -Credential $login }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument*'
        (Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri -Credential $login -AllowUnencryptedAuthentication).IsGranted | Should -Not -Be $false
    }

    It 'goes over a session' {
        $folder = New-TestDocument
        $loop = New-StationLoopback
        $null = Start-StationNotary $tsa -Session $loop.Right
        (Request-StationTimestamp $folder/contract.pdf -Session $loop.Left -HashAlgorithm SHA384).HashAlgorithm | Should -Be 'SHA384'
    }

    It 'keeps an answer that is there, without -Force' {
        $folder = New-TestDocument
        $first = Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri
        (Get-ErrorOf { Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.RequestStationTimestampCommand'
        (Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri -Force).SerialNumber | Should -Not -Be $first.SerialNumber
    }

    It 'writes nothing with -WhatIf' {
        $folder = New-TestDocument
        Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri -WhatIf | Should -BeNullOrEmpty
        "$folder/contract.pdf.tsr" | Should -Not -Exist
    }

    It 'goes on after a file that fails' {
        $folder = New-TestDocument a, b
        $stamps = "$folder/a", "$folder/none", "$folder/b" | Request-StationTimestamp -Uri $notary.Uri -ErrorVariable failures -ErrorAction SilentlyContinue
        $stamps.Count | Should -Be 2
        $failures[0].FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RequestStationTimestampCommand'
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'nowhere to ask'; Id = 'InvalidArgument'; Script = { Request-StationTimestamp $document } }
        @{ Case = 'an address of another kind'; Id = 'InvalidArgument'; Script = { Request-StationTimestamp $document -Uri ftp://localhost/ } }
        @{ Case = 'nobody there'; Id = 'ConnectFailed'; Script = { Request-StationTimestamp $document -Uri http://127.0.0.1:1/ } }
        @{ Case = 'a policy that is not supported'; Id = 'TimestampRejected'; Script = { Request-StationTimestamp $document -Uri $notary.Uri -Policy 1.2.3.4 } }
        @{ Case = 'a notary that is not trusted'; Id = 'TimestampCertificateUntrusted'; Script = { Request-StationTimestamp $document -Uri $notary.Uri -TrustedCertificate (New-StationNotaryCertificate -Authority -Algorithm P256) } }
        @{ Case = 'a peer that is no notary'; Id = 'UnknownService'; Script = { Request-StationTimestamp $document -Session (New-StationLoopback).Left } }
        @{ Case = 'a trusted file that holds none'; Id = 'InvalidArgument'; Script = { Request-StationTimestamp $document -Uri $notary.Uri -TrustedCertificate $document } }
        @{ Case = 'the old protocol without -AllowLegacy'; Id = 'LegacyNotAllowed'; Script = { Request-StationTimestamp $document -Protocol DocumentNotary -Uri notary://127.0.0.1:1 } }
    ) {
        if ($Case -match 'the old' -and -not $hasLegacy) { Set-ItResult -Skipped -Because 'the old protocols are not part of this build' }
        $document = "$(New-TestDocument)/contract.pdf"
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.RequestStationTimestampCommand"
        "$document.tsr" | Should -Not -Exist
    }

    It 'ends by its time-out, and by Ctrl+C' {
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        try {
            $uri = "http://127.0.0.1:$($silent.LocalEndpoint.Port)/"
            $document = "$(New-TestDocument)/contract.pdf"
            (Get-ErrorOf { Request-StationTimestamp $document -Uri $uri -TimeoutSec 0.3 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.RequestStationTimestampCommand'
            $shell = [powershell]::Create('NewRunspace').AddScript("Import-Module '$root/SecureStation.psd1'; Request-StationTimestamp '$document' -Uri $uri -TimeoutSec -1")
            $null = $shell.BeginInvoke()
            Start-Sleep 2
            (Measure-Command { $shell.Stop() }).TotalSeconds | Should -BeLessThan 20
        } finally {
            $silent.Stop()
        }
    }

    It 'has the old notary sign, and tells what the signature is over' -Skip:(-not $hasLegacy) {
        $keys = New-TestNotaryKey
        $old = @{ Protocol = 'DocumentNotary'; AllowLegacy = $true; PublicKeyDirectory = $keys.Folder; WarningAction = 'SilentlyContinue' }
        $server = Start-StationNotary @old -KeyPair $keys.Server -Port 0
        $folder = New-TestDocument
        $receipt = Request-StationTimestamp $folder/contract.pdf @old -Uri $server.Uri -KeyPair $keys.Client
        $receipt.Coverage | Should -Be 'Document'
        $receipt.Path | Should -Be "$folder/contract.pdf.receipt"
        $empty = Start-StationNotary @old -KeyPair $keys.Server -Port 0 -SignEmptyHash
        (Request-StationTimestamp $folder/contract.pdf @old -Uri $empty.Uri -KeyPair $keys.Client -Force -WarningVariable warnings).Coverage | Should -Be 'Empty'
        "$warnings" | Should -BeLike '*hash of nothing*'
    }
}
