BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Send-StationMessage' {
    BeforeEach { $pair = New-StationLoopback }
    AfterEach { $pair.Left, $pair.Right | Disconnect-Station -Force }

    It 'sends a string as text, a byte[] as bytes, anything else as an object' {
        'text', [byte[]](1..255), 5, @{ a = 1 }, (Get-Item .) | Send-StationMessage $pair.Left -Wait
        $messages = Receive-StationMessage $pair.Right -Count 5 -TimeoutSec 5
        $messages.Kind | Should -Be 'Text', 'Bytes', 'Object', 'Object', 'Object'
        $messages[0].Body | Should -BeExactly 'text'
        Compare-Object $messages[1].Body ([byte[]](1..255)) -SyncWindow 0 | Should -BeNullOrEmpty
        $messages[4].Body.FullName | Should -Be (Get-Item .).FullName
    }

    It 'unwraps what PowerShell has wrapped' {
        Set-Content "$TestDrive/file" 'line'
        Get-Content "$TestDrive/file" | Send-StationMessage $pair.Left
        $bytes = Add-Member -InputObject ([byte[]](1, 2, 3)) Note extra -PassThru
        Send-StationMessage $pair.Left $bytes
        (Receive-StationMessage $pair.Right -Count 2 -TimeoutSec 5).Kind | Should -Be 'Text', 'Bytes'
    }

    It 'refuses single bytes of an array that was taken apart, once' {
        $failures = @(try { [byte[]](1..255) | Send-StationMessage $pair.Left } catch { $_ })
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -Be 'UnrolledBytes,SecureStation.Commands.SendStationMessageCommand'
        $failures[0].ErrorDetails.RecommendedAction | Should -BeLike '*-InputObject $bytes*'
        , [byte[]](1..3) | Send-StationMessage $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 1, 2, 3
    }

    It 'takes bytes in pieces, as Get-Content gives them' {
        [IO.File]::WriteAllBytes("$TestDrive/data", [byte[]] (1..9))
        Get-Content "$TestDrive/data" -AsByteStream -ReadCount 4 | Send-StationMessage $pair.Left
        $pieces = Receive-StationMessage $pair.Right -Count 3 -TimeoutSec 30
        $pieces.Kind | Should -Be 'Bytes', 'Bytes', 'Bytes'
        $pieces.ForEach{ $_.Length } | Should -Be 4, 4, 1
        [byte[]] $pieces.Body | Should -Be (1..9)
        Send-StationMessage $pair.Left -InputObject (Get-Content "$TestDrive/data" -AsByteStream)
        (Receive-StationMessage $pair.Right -TimeoutSec 30).Body.GetType() | Should -Be ([byte[]])
        , (1, [byte] 2) | Send-StationMessage $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 30).Kind | Should -Be 'Object'
    }

    It 'binds nothing by property name' {
        [pscustomobject]@{ Session = 'mine'; InputObject = 'x'; Depth = 99; Wait = $true; TimeoutSec = -7; InReplyTo = 'y' } | Send-StationMessage $pair.Left
        $body = (Receive-StationMessage $pair.Right -TimeoutSec 5).Body
        $body.Session | Should -Be 'mine'
        $body.Depth | Should -Be 99
    }

    It 'keeps the order of many' {
        1..2000 | Send-StationMessage $pair.Left -Wait
        $bodies = (Receive-StationMessage $pair.Right -Count 2000 -TimeoutSec 10).Body
        Compare-Object $bodies (1..2000) -SyncWindow 0 | Should -BeNullOrEmpty
    }

    It 'forwards a message by its body' {
        @{ a = [guid]'6a2f6c52-6a54-4c53-9f0e-5e7b6a1d7c11' }, 'text' | Send-StationMessage $pair.Left
        Receive-StationMessage $pair.Right -Count 2 -TimeoutSec 5 | Send-StationMessage $pair.Right
        $back = Receive-StationMessage $pair.Left -Count 2 -TimeoutSec 5
        $back.Kind | Should -Be 'Object', 'Text'
        $back[0].Body.a | Should -BeOfType guid
    }

    It 'answers a message through its session' {
        'question' | Send-StationMessage $pair.Left
        $question = Receive-StationMessage $pair.Right -TimeoutSec 5
        'answer' | Send-StationMessage -InReplyTo $question
        $answer = Receive-StationMessage $pair.Left -TimeoutSec 5
        $answer.Body | Should -Be 'answer'
        $answer.InReplyTo | Should -Be $question.Id
    }

    It 'writes one receipt a message, in order' {
        $receipts = 'a', 'bb', 'ccc' | Send-StationMessage $pair.Left -Receipt
        $receipts.Id | Should -Be 1, 2, 3
        $receipts | ForEach-Object Length | Should -Be 1, 2, 3
        $receipts[0].Session.Id | Should -Be $pair.Left.Id
        @(1..1000 | Send-StationMessage $pair.Left -Receipt).Count | Should -Be 1000
    }

    It 'writes nothing without -Receipt' { 'x' | Send-StationMessage $pair.Left -Wait | Should -BeNullOrEmpty }

    It 'sends <Case>' -TestCases @(
        @{ Case = 'an empty string'; Value = ''; Kind = 'Text' }
        @{ Case = 'an empty array of bytes'; Value = [byte[]]@(); Kind = 'Bytes' }
        @{ Case = 'null'; Value = $null; Kind = 'Object' }
        @{ Case = 'an empty array'; Value = @(); Kind = 'Object' }
    ) {
        Send-StationMessage $pair.Left -InputObject $Value
        $message = Receive-StationMessage $pair.Right -TimeoutSec 5
        $message.Kind | Should -Be $Kind
        $message.Error | Should -BeNullOrEmpty
        @($message.Body | Where-Object { $null -ne $_ -and '' -ne $_ }).Count | Should -Be 0
    }

    It 'refuses secrets, and sends the rest' {
        $secret = ConvertTo-SecureString 'hidden' -AsPlainText -Force
        $failures = @()
        $secret, @{ deep = @{ p = [pscredential]::new('me', $secret) } }, [Net.NetworkCredential]::new('me', 'pw'), 'fine' |
            Send-StationMessage $pair.Left -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.FullyQualifiedErrorId | Should -Be (@('SecretRefused,SecureStation.Commands.SendStationMessageCommand') * 3)
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'fine'
    }

    It 'ends with one error where the session is closed' {
        Disconnect-Station $pair.Left
        1..100 | Send-StationMessage $pair.Left -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.SendStationMessageCommand'
    }

    It 'heeds -ErrorAction where the session is closed' {
        Disconnect-Station $pair.Left
        Send-StationMessage $pair.Left -InputObject x -ErrorAction Ignore
        'x' | Send-StationMessage $pair.Left -ErrorAction SilentlyContinue
        { 'x' | Send-StationMessage $pair.Left -ErrorAction Stop } | Should -Throw -ErrorId 'SessionClosed,*'
        $reached = & {
            'x' | Send-StationMessage $pair.Left -ErrorAction SilentlyContinue
            'the next statement'
        }
        $reached | Should -Be 'the next statement'
    }

    It 'stops what feeds it, which may never end, and lets go on what follows' {
        Disconnect-Station $pair.Left
        $made = 0
        $after = & { while ($true) { $script:made++; 'line' } } | Send-StationMessage $pair.Left -ErrorAction SilentlyContinue | & { end { 'ended' } }
        $script:made | Should -Be 1
        $after | Should -Be 'ended'
    }

    It 'says MessageTooLarge, and the session goes on' {
        (Get-ErrorOf { Send-StationMessage $pair.Left -InputObject ([byte[]]::new(17MB)) }).FullyQualifiedErrorId | Should -Be 'MessageTooLarge,SecureStation.Commands.SendStationMessageCommand'
        'small' | Send-StationMessage $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'small'
    }

    It 'times out where the peer takes nothing' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        1..8 | ForEach-Object { , [byte[]]::new(1MB) } | Send-StationMessage $pair.Left -TimeoutSec 0.5 -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.SendStationMessageCommand'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
    }

    It 'sends 8 MiB and back' {
        $bytes = [byte[]]::new(8MB)
        [Random]::Shared.NextBytes($bytes)
        $copy = $bytes.Clone()
        Send-StationMessage $pair.Left -InputObject $bytes
        [Array]::Clear($bytes) # the message was taken when the command returned
        $there = (Receive-StationMessage $pair.Right -TimeoutSec 10).Body
        [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($there)) | Should -Be ([Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($copy)))
    }
}
