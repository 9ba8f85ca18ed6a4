BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Signed receipts' {
    BeforeAll {
        $store = New-TestTrustStore
        $keys = New-TestKeyStore
        $key = New-StationKeyPair server @keys
        Add-StationPeer server -PublicKey $key.PublicKey @store
        $listener = Start-StationListener -KeyPair $key -AllowSignedReceipt @store
        $session = $listener | Connect-Station -AllowSignedReceipt @store
    }

    AfterAll { Stop-StationListener $listener }

    It 'are written, exported, and verified by peer, fingerprint and public key' {
        $receipt = 'pay 100' | Send-StationMessage -Session $session -Receipt -Signed
        $receipt.IsSigned | Should -BeTrue
        $receipt.Signed.Statement.BodyHash | Should -Be ([Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes('pay 100'))).ToLower())
        $receipt | Export-StationReceipt $TestDrive/r.json
        Test-StationReceipt $TestDrive/r.json -Peer server @store | Should -BeTrue
        Test-StationReceipt $TestDrive/r.json -Peer (Get-StationPeer server @store) | Should -BeTrue
        Test-StationReceipt -LiteralPath $TestDrive/r.json -Fingerprint $key.Fingerprint | Should -BeTrue
        Test-StationReceipt $TestDrive/r.json -PublicKey $key.PublicKey | Should -BeTrue
        $receipt | Test-StationReceipt -PublicKey $key.PublicKey | Should -BeTrue
        Import-StationReceipt $TestDrive/r.json | Test-StationReceipt -Fingerprint $key.Fingerprint | Should -BeTrue
        Get-Item $TestDrive/r.json | Test-StationReceipt -Fingerprint $key.Fingerprint | Should -BeTrue
    }

    It 'are false for another key, an edited file and what is none' {
        'x' | Send-StationMessage $session -Receipt -Signed | Export-StationReceipt $TestDrive/x.json -Force
        Test-StationReceipt $TestDrive/x.json -Fingerprint $session.LocalFingerprint | Should -BeFalse
        (Get-Content -Raw $TestDrive/x.json) -replace 'length\\":1', 'length\":2' | Set-Content $TestDrive/edited.json
        Test-StationReceipt $TestDrive/edited.json -Fingerprint $key.Fingerprint | Should -BeFalse
        (Test-StationReceipt $TestDrive/edited.json -Fingerprint $key.Fingerprint -Detailed).Failed | Should -BeLike 'The signature is not*'
        Set-Content $TestDrive/none.json '{}'
        Test-StationReceipt $TestDrive/none.json -Fingerprint $key.Fingerprint | Should -BeFalse
        (Get-ErrorOf { Test-StationReceipt $TestDrive/none.json -Fingerprint $key.Fingerprint -Detailed }).FullyQualifiedErrorId | Should -Be 'InvalidReceipt,SecureStation.Commands.TestStationReceiptCommand'
        (Get-ErrorOf { Import-StationReceipt $TestDrive/none.json }).FullyQualifiedErrorId | Should -BeLike 'InvalidReceipt,*'
        Test-StationReceipt $TestDrive/*.json -Fingerprint $key.Fingerprint | Should -Contain $false
    }

    It 'say what they prove and what not' {
        $report = 'x' | Send-StationMessage $session -Receipt -Signed | Test-StationReceipt -Fingerprint $key.Fingerprint -Detailed
        $report.IsValid | Should -BeTrue
        "$($report.Proves)" | Should -Match 'was in its inbox'
        "$($report.DoesNotProve)" | Should -Match 'read the message'
        $report | Out-String -Width 80 | Should -Match 'Valid'
    }

    It 'ask whose they are, once' {
        (Get-ErrorOf { Test-StationReceipt $TestDrive/r.json }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { Test-StationReceipt $TestDrive/r.json -Fingerprint $key.Fingerprint -PublicKey $key.PublicKey }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { Test-StationReceipt $TestDrive/r.json -Peer nobody @store }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'come in order, one a message, and in the other direction too' {
        $receipts = 1..15 | Send-StationMessage $session -Receipt -Signed
        $receipts.Count | Should -Be 15
        $receipts.Signed.Statement.Message | Should -Be $receipts.Id
        $accepted = Wait-StationSession $listener -TimeoutSec 30
        ('back' | Send-StationMessage $accepted -Receipt -Signed).Signed.Statement.Receiver | Should -Be $session.LocalFingerprint
    }

    It 'are refused where the receiver signs none, and -Signed goes with -Receipt' {
        $pair = New-StationLoopback
        $failure = Get-ErrorOf { 'x' | Send-StationMessage $pair.Left -Receipt -Signed }
        $failure.FullyQualifiedErrorId | Should -Be 'UnknownService,SecureStation.Commands.SendStationMessageCommand'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-AllowSignedReceipt*'
        Receive-StationMessage $pair.Right -TimeoutSec 30 | ForEach-Object Body | Should -Be 'x'
        (Get-ErrorOf { 'x' | Send-StationMessage $pair.Left -Signed }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        ('x' | Send-StationMessage $session -Receipt).IsSigned | Should -BeFalse
        (Get-ErrorOf { 'x' | Send-StationMessage $session -Receipt | Export-StationReceipt $TestDrive/u.json }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'replace no file without -Force, and write none with -WhatIf' {
        $receipt = 'x' | Send-StationMessage $session -Receipt -Signed
        $receipt | Export-StationReceipt $TestDrive/w.json -WhatIf
        "$TestDrive/w.json" | Should -Not -Exist
        ($receipt | Export-StationReceipt -LiteralPath $TestDrive/w.json -PassThru).Name | Should -Be 'w.json'
        (Get-ErrorOf { $receipt | Export-StationReceipt $TestDrive/w.json }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        $receipt | Export-StationReceipt $TestDrive/w.json -Force
    }

    It 'are verified by openssl, as docs/protocol/receipt.md says' -Skip:(-not ((Get-Command openssl -CommandType Application -ErrorAction Ignore) -and (Get-Command jq -CommandType Application -ErrorAction Ignore))) {
        'pay' | Send-StationMessage $session -Receipt -Signed | Export-StationReceipt $TestDrive/r.json -Force
        $page = Get-Content -Raw $root/docs/protocol/receipt.md
        $code = [regex]::Match($page, '(?ms)^    jq -r \.publicKey.*?^    openssl pkeyutl[^\n]*').Value
        Push-Location $TestDrive
        try { $code | sh -e 2>&1 | Out-String | Should -Match 'Verified Successfully' } finally { Pop-Location }
    }
}
