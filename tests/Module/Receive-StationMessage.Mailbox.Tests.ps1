BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Mailbox.ps1
}

Describe 'Send- and Receive-StationMessage -Mailbox' {
    BeforeEach { $box = New-TestMailbox }
    AfterEach { $box | Disconnect-StationMailbox }

    It 'carries text, bytes and objects to a station that is not there, each once' {
        'deploy at 5', [byte[]](1..9), @{ a = 1 } | ForEach-Object { , $_ } | Send-Test $box
        Get-TestCount $box | Should -Be '3 0 0'
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Count 3 -TimeoutSec 60
        $mail.Kind | Should -Be 'Text', 'Bytes', 'Object'
        $mail[0].Body | Should -BeExactly 'deploy at 5'
        $mail[1].Body | Should -Be (1..9)
        $mail[2].Body.a | Should -Be 1
        $mail.Peer | Should -Be 'alice', 'alice', 'alice'
        $mail.Verified | Should -Be $true, $true, $true
        $mail.Redelivered | Should -Be $false, $false, $false
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'takes what is there, and ends, where nothing is said of waiting' {
        Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Count 5 | Should -BeNullOrEmpty
        1..3 | Send-Test $box
        (Receive-StationMessage -Mailbox $box -KeyPair bob @bobs).Body | Should -Be 1
        (Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Count 5).Body | Should -Be 2, 3
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'fetches nothing ahead with -Prefetch 0' {
        1..2 | Send-Test $box
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Prefetch 0 -Wait -TimeoutSec 60 |
            ForEach-Object { Get-TestCount $box } | Select-Object -First 1
        $mail | Should -Be '1 1 0'
    }

    It 'says that nothing came' {
        (Get-ErrorOf { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -TimeoutSec 0 }).FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
    }

    It 'has a message done when the next command has it, also Select-Object -First' {
        1..3 | Send-Test $box
        (Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Wait | Select-Object -First 2).Body | Should -Be 1, 2
        Get-TestCount $box | Should -Be '1 0 0'
    }

    It 'gives a message back that a script failed with, however it failed, and marks it' {
        'work' | Send-Test $box
        { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Wait | ForEach-Object { throw 'no' } } | Should -Throw 'no'
        { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Wait | ForEach-Object { Write-Error 'nor so' -ErrorAction Stop } } | Should -Throw 'nor so'
        Get-TestCount $box | Should -Be '1 0 0'
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -TimeoutSec 60
        $mail.Attempt | Should -Be 3
        $mail.Redelivered | Should -BeTrue
    }

    It 'makes a dead letter of what was given out too often, and puts it back when it is told to' {
        'poison' | Send-Test $box
        foreach ($i in 1, 2) { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Manual -TimeoutSec 60 | Deny-StationMessage }
        $errors = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -MaxDeliveries 2 -TimeoutSec 0 -ErrorAction Continue 2>&1
        $errors.FullyQualifiedErrorId | Should -BeLike '*,SecureStation.Commands.ReceiveStationMessageCommand'
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'Undelivered,*'
        $dead = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Dead -Manual -TimeoutSec 60
        $dead.Reason | Should -Be 'TooManyDeliveries'
        $dead.Attempt | Should -Be 2
        $dead.Body | Should -Be 'poison'
        $dead | Deny-StationMessage
        Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Manual -TimeoutSec 60 | Confirm-StationMessage
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'leaves with -Manual what it gave to the script, also when no more comes in the time' {
        1..3 | Send-Test $box
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Count 10 -Manual -TimeoutSec 2 -ErrorAction SilentlyContinue
        $mail.Body | Should -Be 1, 2, 3
        $mail.IsHeld | Should -Be $true, $true, $true
        $mail | Confirm-StationMessage
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'leaves a dead letter where it is until it is confirmed or denied' {
        'poison' | Send-Test $box
        Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Manual -TimeoutSec 60 | Deny-StationMessage
        $null = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -MaxDeliveries 1 -TimeoutSec 0 -ErrorAction SilentlyContinue
        $dead = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Dead -Manual -Count 5 -TimeoutSec 2 -ErrorAction SilentlyContinue
        @($dead).Count | Should -Be 1
        $dead.IsHeld | Should -BeTrue
        Get-TestCount $box | Should -Be '0 0 1'
        $dead | Confirm-StationMessage
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'leaves dead letters dead that were fetched ahead, or held by a script that failed' {
        1..4 | Send-Test $box
        $null = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Count 4 -Manual -TimeoutSec 60 | Deny-StationMessage
        $null = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -MaxDeliveries 1 -ErrorAction SilentlyContinue
        Get-TestCount $box | Should -Be '0 0 4'
        { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Dead -Manual -Count 3 -TimeoutSec 60 | ForEach-Object { throw 'no' } } | Should -Throw 'no'
        Get-TestCount $box | Should -Be '0 0 4'
    }

    It 'reads dead letters with -Manual only' {
        (Get-ErrorOf { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Dead }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'does not give out what an unknown sender sent, goes on with other mail, and gives it marked where that is allowed' {
        $stranger = New-TestKeyStore
        $null = New-StationKeyPair mallory @stranger
        'from a stranger' | Send-StationMessage -Mailbox $box -To bob -KeyPair mallory @stranger -TrustStore $alices.TrustStore
        'from alice' | Send-Test $box
        $out = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -TimeoutSec 60 -ErrorAction Continue 2>&1
        $out[0].FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        $out[0].ErrorDetails.RecommendedAction | Should -BeLike '*Set-StationPeer*Receive-StationMessage*-Dead -Manual*'
        $out[1].Body | Should -Be 'from alice'
        Get-TestCount $box | Should -Be '0 0 1'
        Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Dead -Manual -TimeoutSec 60 | Deny-StationMessage
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -AllowUnknownSender -TimeoutSec 60
        $mail.Body | Should -Be 'from a stranger'
        $mail.Verified | Should -BeFalse
        $mail.Peer | Should -Be (Get-StationKeyPair mallory @stranger).Fingerprint.Text
    }

    It 'does not give out what a peer sent that was removed since' {
        'before' | Send-Test $box
        $other = New-TestTrustStore
        $null = New-Item -ItemType Directory $other.TrustStore
        if (-not $IsWindows) { chmod 700 $other.TrustStore }
        $out = Receive-StationMessage -Mailbox $box -KeyPair bob -KeyStore $bobs.KeyStore @other -TimeoutSec 0 -ErrorAction Continue 2>&1
        $out[0].FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
    }

    It 'answers into the mailbox, sealed for the sender' {
        'question' | Send-Test $box
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -TimeoutSec 60
        'answer' | Send-StationMessage -InReplyTo $mail -KeyPair bob @bobs
        $answer = Receive-StationMessage -Mailbox $box -KeyPair alice @alices -TimeoutSec 60
        $answer.Body | Should -Be 'answer'
        $answer.InReplyTo | Should -Be $mail.Id
        (Get-ErrorOf { 'x' | Send-StationMessage -InReplyTo $mail @bobs }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { 'x' | Send-StationMessage -InReplyTo $mail -KeyPair bob -KeyStore $bobs.KeyStore @(New-TestTrustStore) }) | Should -Not -BeNullOrEmpty
    }

    It 'needs no more than the sealing keys at a worker' {
        'work' | Send-Test $box
        Export-StationSealingKey bob "$TestDrive/bob.sealing" -KeyStore $bobs.KeyStore -Passphrase carry -Force
        $mail = Receive-StationMessage -Mailbox $box -SealingKey "$TestDrive/bob.sealing" -Passphrase carry -TrustStore $bobs.TrustStore -TimeoutSec 60
        $mail.Body | Should -Be 'work'
    }

    It 'remembers in a replay store what the mailbox forgets' {
        'pay 100' | Send-Test $box
        $letter = Get-ChildItem $box.Address -Recurse -File | Where-Object { $_.Directory.Name -eq 'new' }
        $kept = [IO.File]::ReadAllBytes($letter)
        $null = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -ReplayStore "$TestDrive/seen" -TimeoutSec 60
        [IO.File]::WriteAllBytes($letter, $kept)
        Get-ChildItem (Split-Path (Split-Path $letter)) -Directory -Filter records | Get-ChildItem | Remove-Item -Recurse
        (Get-ErrorOf { Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -ReplayStore "$TestDrive/seen" -TimeoutSec 0 }).FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'shares mail among workers, each message to one' {
        1..12 | Send-Test $box
        $workers = 1..3 | ForEach-Object {
            Start-ThreadJob {
                Import-Module $using:root/SecureStation.psd1
                $bobs = $using:bobs
                Receive-StationMessage -Mailbox $using:box -KeyPair bob @bobs -Wait -TimeoutSec 5 -ErrorAction SilentlyContinue | ForEach-Object Body
            }
        }
        $workers | Wait-Job -Timeout 120 | Receive-Job | Sort-Object | Should -Be (1..12)
    }

    It 'does nothing with -WhatIf, and holds what a variable holds' {
        'kept' | Send-Test $box
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Manual -TimeoutSec 60
        $mail | Confirm-StationMessage -WhatIf
        $mail | Deny-StationMessage -WhatIf
        $mail.IsHeld | Should -BeTrue
        Get-TestCount $box | Should -Be '0 1 0'
        ($mail | Confirm-StationMessage -PassThru).Body | Should -Be 'kept'
        $mail.IsHeld | Should -BeFalse
        (Get-ErrorOf { $mail | Confirm-StationMessage }).FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
    }

    It 'tells who has lost a message, and does nothing to it' {
        'slow' | Send-Test $box
        $mail = Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -Manual -TimeoutSec 60
        # As another consumer does that saw no sign of life.
        $claim = Get-ChildItem $box.Address -Recurse -File | Where-Object { $_.Directory.Name -eq 'cur' }
        $taken = "$($claim.FullName -replace '\.1\.[0-9a-f]{16}$').2.0123456789abcdef"
        Move-Item $claim $taken
        (Get-ErrorOf { $mail | Deny-StationMessage }).FullyQualifiedErrorId | Should -BeLike 'LeaseLost,*'
        Test-Path $taken | Should -BeTrue
    }

    It 'refuses recipients without a card or a box, and too long a life' {
        (Get-ErrorOf { 'x' | Send-StationMessage -Mailbox $box -To nobody -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        $recipient = (Import-StationCard $cards/bob.card -TrustStore $alices.TrustStore).Recipients[0]
        (Get-ErrorOf { 'x' | Send-StationMessage -Mailbox $box -To $recipient -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { 'x' | Send-StationMessage -Mailbox $box -To bob -KeyPair alice @alices -ExpiresIn 31.00:00:00 }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        Get-TestCount $box | Should -Be '0 0 0'
    }

    It 'writes a receipt' {
        $sent = 'x' | Send-StationMessage -Mailbox $box -To bob -KeyPair alice @alices -Wait -Receipt
        $sent.To | Should -Be 'bob'
        $sent.Secrecy | Should -Be 'Hybrid'
        ($sent.ExpiresAt - [DateTimeOffset]::UtcNow).TotalDays | Should -BeGreaterThan 6.9
    }
}
