BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
}

Describe 'Get-StationTranscript' {
    It 'records a session and a handshake' {
        $live = New-StationLoopback
        $transcript = $live.Left | Get-StationTranscript
        $transcript.Messages.Tokens | Should -Be '-> e, e1', '<- e, ee, ekem1, s, es', '-> s, se'
        $transcript.Security | Should -Be 'secrecy: hybrid, authentication: classical'
        $transcript.Initiator.Fingerprint | Should -Be $live.Left.LocalFingerprint
        $transcript.SessionId | Should -Be $live.Left.Id
        # Message 1 is made before the connection is there, and no message before the handshake began.
        $transcript.StartedAt | Should -BeLessOrEqual $transcript.Messages[0].At
        $transcript.Messages.ElapsedMilliseconds | ForEach-Object { $_ | Should -BeGreaterOrEqual 0 }
        $live.Left | Disconnect-Station

        $a = New-Initiator
        $null = $a | Step-StationHandshake
        ($a | Get-StationTranscript).State | Should -Be 'ReadDue'
        ($a | Get-StationTranscript).Messages | Should -HaveCount 1
    }
}

Describe 'Export-, Import- and Test-StationTranscript' {
    BeforeAll {
        $session = (New-SessionPair).Left
    }

    BeforeEach { $file = Join-Path $TestDrive "$([guid]::NewGuid()).json" }

    It 'write, read and verify a signed file' {
        $session | Export-StationTranscript $file -KeyPair $alice
        "$file.sig" | Should -Exist
        $read = Import-StationTranscript $file
        $read.SignerFingerprint | Should -Be "$($alice.Fingerprint)"
        $read | Test-StationTranscript | Should -BeTrue
        Test-StationTranscript $read | Should -BeTrue
        Test-StationTranscript $file -Fingerprint $alice.Fingerprint | Should -BeTrue
        Test-StationTranscript $file -Fingerprint $bob.Fingerprint | Should -BeFalse
        $report = Test-StationTranscript $file -Detailed
        $report.Passed | Should -Contain 'Signature'
        $report.Passed | Should -Contain 'HandshakeHash'
        $report.NotChecked | Should -Be 'EncryptedParts', 'Peer'
    }

    It 'find an altered file' {
        $session | Export-StationTranscript $file -KeyPair $alice
        (Get-Content -Raw $file).Replace('"Completed"', '"Failed"') | Set-Content $file -NoNewline
        Test-StationTranscript $file | Should -BeFalse
    }

    It 'find a file without its signature, unless that is allowed' {
        $session | Export-StationTranscript $file -Unsigned
        Test-StationTranscript $file | Should -BeFalse
        Test-StationTranscript $file -AllowUnsigned | Should -BeTrue
    }

    It 'write one bool for each file' {
        1..3 | ForEach-Object { $session | Export-StationTranscript (Join-Path $TestDrive "many$_.json") -KeyPair $alice }
        Set-Content (Join-Path $TestDrive many4.json) '{}'
        Test-StationTranscript (Join-Path $TestDrive 'many*.json') | Should -Be $true, $true, $true, $false
        Get-ChildItem $TestDrive -Filter many?.json | Test-StationTranscript | Should -Be $true, $true, $true, $false
        (Get-ErrorOf { Test-StationTranscript $TestDrive/none.json }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        (Get-ErrorOf { Import-StationTranscript $TestDrive/many4.json }).FullyQualifiedErrorId | Should -BeLike 'InvalidTranscript,*'
    }

    It 'sign only for the side that recorded it, and replace nothing unless told to' {
        (Get-ErrorOf { $session | Export-StationTranscript $file }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ExportStationTranscriptCommand'
        (Get-ErrorOf { $session | Export-StationTranscript $file -KeyPair $bob }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        $session | Export-StationTranscript $file -KeyPair $alice -PassThru | Should -BeOfType IO.FileInfo
        (Get-ErrorOf { $session | Export-StationTranscript $file -KeyPair $alice }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        $session | Export-StationTranscript $file -KeyPair $alice -Force
        Test-StationTranscript $file | Should -BeTrue
    }

    It 'write nothing with -WhatIf' {
        $session | Export-StationTranscript $file -KeyPair $alice -WhatIf
        $file | Should -Not -Exist
    }

    It 'make a signature that openssl verifies' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        $session | Export-StationTranscript $file -KeyPair $alice
        $signed = [Text.Encoding]::ASCII.GetBytes("SecureStation/1 transcript`0") + [IO.File]::ReadAllBytes($file)
        [IO.File]::WriteAllBytes("$file.signed", $signed)
        Set-Content "$file.pem" $alice.PublicKey.ToPem()
        openssl pkeyutl -verify -rawin -pubin -inkey "$file.pem" -in "$file.signed" -sigfile "$file.sig" | Should -BeLike '*Success*'
    }
}

Describe 'ConvertTo-StationDiagram' {
    It 'draws <_>' -ForEach 'Text', 'Mermaid', 'Html' {
        $drawn = (New-SessionPair).Left | ConvertTo-StationDiagram -As $_
        $drawn | Should -BeOfType string
        $drawn | Should -Match 'e, ee, ekem1, s, es'
        $drawn | Should -Match 'secrecy: hybrid, authentication: classical'
        $drawn | Should -Not -Match 'https?:'
    }
}
