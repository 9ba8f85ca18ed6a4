BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Send-StationDocument and Receive-StationDocument' {
    BeforeAll {
        $notary = New-TestAuthority | New-StationNotaryCertificate -Algorithm EcdsaP256 | Start-StationNotary
        $receive = { param($session, $folder, $ca, $count) Receive-StationDocument $session $folder -TrustedCertificate $ca -Count $count -TimeoutSec 60 }
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    BeforeEach {
        $loop = New-StationLoopback
        $in = (New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid().ToString('n'))").FullName
    }

    It 'brings the verdict back' {
        $folder = New-TestDocument contract.pdf, altered.pdf
        $null = Get-ChildItem $folder/*.pdf | Request-StationTimestamp -Uri $notary.Uri
        Add-Content $folder/altered.pdf '!'
        $job = Start-TestJob $receive $loop.Right, $in, "$TestDrive/ca.pem", 2
        $good = Send-StationDocument -Session $loop.Left -Path $folder/contract.pdf -Timestamp $folder/contract.pdf.tsr
        $good.IsValid | Should -BeTrue
        $bad = Get-Item $folder/altered.pdf | Send-StationDocument -Session $loop.Left
        $bad.IsValid, $bad.Fault | Should -Be $false, 'TimestampImprintMismatch'
        $received = $job | Receive-Job -Wait
        $received.IsValid | Should -Be $true, $false
        Get-Content "$in/contract.pdf" | Should -Be (Get-Content $folder/contract.pdf)
        (Get-ChildItem $in).Name | Should -Be 'contract.pdf', 'contract.pdf.tsr'
    }

    It 'sends nothing with -WhatIf' {
        $folder = New-TestDocument
        $null = Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri
        $job = Start-TestJob $receive $loop.Right, $in, "$TestDrive/ca.pem", 1
        Send-StationDocument -Session $loop.Left -Path $folder/contract.pdf -WhatIf | Should -BeNullOrEmpty
        (Send-StationDocument -Session $loop.Left -Path $folder/contract.pdf).IsValid | Should -BeTrue
        @($job | Receive-Job -Wait).Count | Should -Be 1
    }

    It 'sends large documents' {
        $folder = New-TestDocument
        [IO.File]::WriteAllBytes("$folder/contract.pdf", [byte[]]::new(5MB))
        $stamp = Request-StationTimestamp $folder/contract.pdf -Uri $notary.Uri
        $job = Start-TestJob $receive $loop.Right, $in, "$TestDrive/ca.pem", 1
        ($stamp | Send-StationDocument -Session $loop.Left -Timestamp $stamp).IsValid | Should -BeTrue
        ($job | Receive-Job -Wait).Length | Should -Be 5MB
    }

    It 'runs the old program''s three parties' -Skip:(-not $hasLegacy) {
        $keys = New-TestNotaryKey
        $old = @{ Protocol = 'DocumentNotary'; AllowLegacy = $true; WarningAction = 'SilentlyContinue' }
        $server = Start-StationNotary @old -KeyPair $keys.Server -PublicKeyDirectory $keys.Folder -Port 0
        $folder = New-TestDocument mytext
        $receipt = Request-StationTimestamp $folder/mytext @old -Uri $server.Uri -KeyPair $keys.Client -PublicKeyDirectory $keys.Folder
        $job = Start-TestJob { param($folder) Receive-StationDocument -Protocol DocumentNotary -AllowLegacy -WarningAction SilentlyContinue -Password mysecretpassword -PublicKeyDirectory $folder -Port 0 -Verbose -TimeoutSec 60 } $keys.Folder
        Wait-Until { "$($job.Verbose)" -match 'Listening on port \d+' }
        $port = [regex]::Match("$($job.Verbose)", 'Listening on port (\d+)').Groups[1].Value
        $verdict = Send-StationDocument $folder/mytext @old -HostName 127.0.0.1 -Port $port -Password mysecretpassword -Timestamp $receipt
        $verdict.IsValid | Should -BeTrue
        $document = $job | Receive-Job -Wait
        $document.IsValid, $document.Coverage, $document.VerdictText | Should -Be $true, 'Document', 'True'
        $document.Text | Should -Be (Get-Content -Raw $folder/mytext).Replace("`n", '')
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'no session'; Id = 'InvalidArgument'; Script = { Send-StationDocument $document } }
        @{ Case = 'no timestamp'; Id = 'NotFound'; Script = { Send-StationDocument $document -Session $loop.Left } }
        @{ Case = 'the old protocol without -AllowLegacy'; Id = 'LegacyNotAllowed'; Script = { Send-StationDocument $document -Protocol DocumentNotary } }
        @{ Case = 'a password that is no key'; Id = 'InvalidArgument'; Script = {
                $null = Set-Content "$document.receipt" '{"hash":"","timestamp":"","signature":""}'
                Send-StationDocument $document -Protocol DocumentNotary -AllowLegacy -HostName 127.0.0.1 -Password short -WarningAction SilentlyContinue } }
    ) {
        if ($Case -match 'the old|password' -and -not $hasLegacy) { Set-ItResult -Skipped -Because 'the old protocols are not part of this build' }
        $document = "$(New-TestDocument)/contract.pdf"
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.SendStationDocumentCommand"
    }
}
