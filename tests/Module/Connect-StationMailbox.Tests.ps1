BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Mailbox.ps1
}

Describe 'Connect-, Get- and Disconnect-StationMailbox' {
    It 'makes a folder, lists it, and lets go of it' {
        $box = Connect-StationMailbox "$TestDrive/new/mail"
        $box.Engine | Should -Be 'folder'
        Test-Path "$TestDrive/new/mail/station-mailbox" | Should -BeTrue
        (Get-StationMailbox).Id | Should -Contain $box.Id
        (Get-StationMailbox $box.Id.Substring(0, 8)).Address | Should -Be $box.Address
        Disconnect-StationMailbox $box -WhatIf
        $box.IsConnected | Should -BeTrue
        ($box | Disconnect-StationMailbox -PassThru).IsConnected | Should -BeFalse
        (Get-StationMailbox).Id | Should -Not -Contain $box.Id
        (Get-ErrorOf { 'x' | Send-Test $box }).FullyQualifiedErrorId | Should -BeLike 'MailboxUnavailable,*'
    }

    It 'takes several folders down the pipeline, and paths relative to the current location' {
        Push-Location $TestDrive
        try { $boxes = './one', './two' | Connect-StationMailbox } finally { Pop-Location }
        $boxes | ForEach-Object Address | Should -Be (Join-Path $TestDrive one), (Join-Path $TestDrive two)
        $boxes | Disconnect-StationMailbox
    }

    It 'says what is wrong with <Case>' -ForEach @(
        @{ Case = 'a file'; Address = 'file'; Id = 'InvalidArgument' }
        @{ Case = 'a host and a port'; Address = '127.0.0.1:4222'; Id = 'InvalidArgument' }
        @{ Case = 'another scheme'; Address = 'http://127.0.0.1:4222'; Id = 'InvalidArgument' }
        @{ Case = 'a server that is not there'; Address = 'nats://127.0.0.1:1'; Id = 'MailboxUnavailable' }
        @{ Case = 'an address that is none'; Address = 'nats://a/b'; Id = 'InvalidArgument' }
    ) {
        if ($Address.StartsWith('nats:') -and -not (Test-Path (Join-Path $root bin/SecureStation.Nats.dll))) {
            Set-ItResult -Skipped -Because 'the module has no SecureStation.Nats'
        }
        Set-Content $TestDrive/file x
        $failure = Get-ErrorOf { Connect-StationMailbox $(if ($Address -eq 'file') { "$TestDrive/file" } else { $Address }) }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows no password of an address' {
        if (-not (Test-Path (Join-Path $root bin/SecureStation.Nats.dll))) { Set-ItResult -Skipped -Because 'the module has no SecureStation.Nats' }
        $failure = Get-ErrorOf { Connect-StationMailbox 'nats://me:hush-hush@127.0.0.1:1' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MailboxUnavailable,*'
        "$($failure.Exception.Message) $($failure.TargetObject) $($failure.ErrorDetails)" | Should -Not -Match "hush"
    }

    It 'goes by NATS where there is a server' {
        $server = Get-Command nats-server -ErrorAction Ignore
        if (-not $server -or -not (Test-Path (Join-Path $root bin/SecureStation.Nats.dll))) { Set-ItResult -Skipped -Because 'there is no nats-server' }
        $store = Join-Path $TestDrive nats
        $process = Start-Process $server.Source "-js -a 127.0.0.1 -p -1 -sd `"$store`" --ports_file_dir `"$TestDrive`"" -PassThru -RedirectStandardError $TestDrive/nats.log
        try {
            Wait-Until { Get-ChildItem $TestDrive -Filter '*.ports' }
            $address = (Get-ChildItem $TestDrive -Filter '*.ports' | Get-Content -Raw | ConvertFrom-Json).nats[0]
            (Get-ErrorOf { Connect-StationMailbox $address }).Exception.Message | Should -BeLike '*-Create*'
            $box = Connect-StationMailbox $address -Create
            'over nats' | Send-StationMessage -Mailbox $box -To bob -KeyPair alice @alices -Wait
            Get-TestCount $box | Should -Be '1 0 0'
            (Receive-StationMessage -Mailbox $box -KeyPair bob @bobs -TimeoutSec 60).Body | Should -Be 'over nats'
            Publish-StationCard $box -KeyStore $bobs.KeyStore
            (Find-StationCard -Mailbox $box bob -TrustStore $alices.TrustStore).Fingerprint | Should -Be $bob.Fingerprint
            $box | Disconnect-StationMailbox
        } finally {
            $process | Stop-Process -Force
        }
    }
}

Describe 'Publish- and Find-StationCard' {
    BeforeAll { $box = New-TestMailbox }
    AfterAll { $box | Disconnect-StationMailbox }

    It 'has the newest card of a pinned peer found and kept' {
        Publish-StationCard $box -KeyPair bob -KeyStore $bobs.KeyStore
        $found = Find-StationCard -Mailbox $box -Peer bob -TrustStore $alices.TrustStore
        $found.Fingerprint | Should -Be $bob.Fingerprint
        $found.Pinned | Should -BeTrue
        $null = Update-StationCard bob -KeyStore $bobs.KeyStore
        $newer = $box | Publish-StationCard -KeyStore $bobs.KeyStore -PassThru
        Find-StationCard -Mailbox $box -Peer bob -TrustStore $alices.TrustStore -WhatIf | Should -BeNullOrEmpty
        (Get-StationPeer bob -TrustStore $alices.TrustStore).Card.Serial | Should -BeLessThan $newer.Serial
        'bob' | Find-StationCard -Mailbox $box -TrustStore $alices.TrustStore | Should -Not -BeNullOrEmpty
        (Get-StationPeer bob -TrustStore $alices.TrustStore).Card.Serial | Should -Be $newer.Serial
    }

    It 'takes nobody else''s card, and says that there is none' {
        (Get-ErrorOf { Find-StationCard -Mailbox $box -Peer alice -TrustStore $bobs.TrustStore }).FullyQualifiedErrorId | Should -BeLike 'NoCard,*'
        # The mailbox lies: bob's card in alice's place.
        Publish-StationCard $box -KeyPair alice -KeyStore $alices.KeyStore
        $files = Get-ChildItem (Join-Path $box.Address cards) -File | Sort-Object LastWriteTimeUtc
        Copy-Item $files[0] $files[-1]
        (Get-ErrorOf { Find-StationCard -Mailbox $box -Peer alice -TrustStore $bobs.TrustStore }).FullyQualifiedErrorId | Should -BeLike 'CardNotTrusted,*'
        Set-Content $files[-1] 'no card'
        (Get-ErrorOf { Find-StationCard -Mailbox $box -Peer alice -TrustStore $bobs.TrustStore }).FullyQualifiedErrorId | Should -BeLike 'InvalidCard,*'
    }
}
