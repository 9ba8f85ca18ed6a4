BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Sealing.ps1
    $carols = (New-TestKeyStore) + (New-TestTrustStore)
    $null = New-StationKeyPair carol -KeyStore $carols.KeyStore
    $carolCard = Export-StationCard carol $cards/carol.card -PassThru -KeyStore $carols.KeyStore
    Add-StationPeer carol -Card $carolCard.FullName -TrustStore $alices.TrustStore
    Add-StationPeer alice -Card $cards/alice.card -TrustStore $carols.TrustStore
}

Describe 'Protect-StationMessage -To' {
    It 'seals for several, who each read body, sender, time and that it is verified' {
        $before = [DateTimeOffset]::UtcNow.AddSeconds(-1)
        $file = Join-Path $TestDrive msg.age
        'at 5' | Protect-StationMessage -To bob, carol -KeyPair alice @alices | Set-Content $file
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN AGE ENCRYPTED FILE-----'
        foreach ($reader in (@{ KeyPair = 'bob' } + $bobs), (@{ KeyPair = 'carol' } + $carols)) {
            $message = Get-Content $file | Unprotect-StationMessage @reader
            $message.Body | Should -Be 'at 5'
            $message.Peer, $message.Verified, $message.Forwardable, $message.Secrecy | Should -Be 'alice', $true, $false, 'Hybrid'
            $message.Fingerprint | Should -Be $alice.Fingerprint
            $message.SentAt | Should -BeGreaterThan $before
            $message.Recipients.Count | Should -Be 2
        }
    }

    It 'takes text, bytes and objects, a message each, and several blocks are several messages' {
        $file = Join-Path $TestDrive several.age
        'hällo', [pscustomobject]@{ Name = 'x'; Size = 3 }, '' | Protect-StationMessage -To bob -KeyPair alice -OutFile $file @alices
        $messages = @('Dear bob,', '') + (Get-Content $file) + 'Yours, alice' | Unprotect-StationMessage -KeyPair bob @bobs
        $messages.Kind | Should -Be 'Text', 'Object', 'Text'
        $messages[0].Body | Should -Be 'hällo'
        $messages[1].Body.Size | Should -Be 3
        $bytes = Protect-StationMessage -InputObject ([byte[]](1..3)) -To bob -KeyPair alice @alices
        (Unprotect-StationMessage $bytes -KeyPair bob @bobs).Body | Should -Be (1..3)
        (Get-Content -Raw $file | Unprotect-StationMessage -KeyPair bob @bobs).Count | Should -Be 3
        (Unprotect-StationMessage (Get-Content $file) -KeyPair bob @bobs).Count | Should -Be 3
        (Get-ErrorOf { 'x' | Protect-StationMessage -To bob -KeyPair alice -OutFile $file @alices }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
    }

    It 'takes records, cards of pinned peers, age recipients and ssh keys' {
        $record = Get-StationPeer bob -TrustStore $alices.TrustStore
        $card = Import-StationCard $cards/bob.card
        foreach ($to in $record, $card) {
            ('x' | Protect-StationMessage -To $to -KeyPair alice @alices | Unprotect-StationMessage -KeyPair bob @bobs).Body | Should -Be 'x'
        }

        $mallory = New-TestKeyStore
        $null = New-StationKeyPair mallory @mallory
        Export-StationCard mallory $cards/mallory.card @mallory
        $unpinned = Import-StationCard $cards/mallory.card
        (Get-ErrorOf { 'x' | Protect-StationMessage -To $unpinned -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'CardNotTrusted,*'
    }

    It 'demands a sender or -Anonymous' {
        foreach ($given in @{}, @{ KeyPair = 'alice'; Anonymous = $true }, @{ KeyPair = 'alice'; Raw = $true }, @{ Anonymous = $true; ExpiresIn = [timespan]::Zero }, @{ Raw = $true; ExpiresIn = '1:00' }) {
            (Get-ErrorOf { 'x' | Protect-StationMessage -To bob @given @alices }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        }
    }

    It 'refuses a peer without a card, and nobody' {
        Add-StationPeer dave -PublicKey (New-StationKeyPair).PublicKey -TrustStore $alices.TrustStore
        $refused = Get-ErrorOf { 'x' | Protect-StationMessage -To dave -KeyPair alice @alices }
        $refused.FullyQualifiedErrorId | Should -BeLike 'NoCard,*'
        $refused.ErrorDetails.RecommendedAction | Should -Match 'Import-StationCard'
        (Get-ErrorOf { 'x' | Protect-StationMessage -To zoe -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'refuses secrets, and bytes that PowerShell has taken apart' {
        $secret = ConvertTo-SecureString x -AsPlainText -Force
        (Get-ErrorOf { @{ a = $secret } | Protect-StationMessage -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'SecretRefused,*'
        (Get-ErrorOf { [byte[]](1..3) | Protect-StationMessage -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'UnrolledBytes,*'
    }

    It 'refuses a message that its reader could not hold' {
        (Get-ErrorOf { Protect-StationMessage -InputObject ([byte[]]::new(16MB + 1)) -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'MessageTooLarge,*'
    }
}

Describe 'Classical keys' {
    BeforeAll { $classical = (Import-StationCard $cards/carol.card).Recipients[1] }

    It 'beside a card are refused by name, or allowed for all and said so' {
        $refused = Get-ErrorOf { 'x' | Protect-StationMessage -To bob, $classical -KeyPair alice @alices }
        $refused.FullyQualifiedErrorId | Should -BeLike 'MixedRecipients,*'
        "$refused" | Should -Match $classical.Substring(0, 20)
        $text = 'x' | Protect-StationMessage -To bob, $classical -KeyPair alice -AllowClassical @alices
        $text.Secrecy | Should -Be 'Classical'
        ($text | Unprotect-StationMessage -KeyPair bob @bobs).Secrecy | Should -Be 'Classical'
        ('x' | Protect-StationMessage -To bob -KeyPair alice @alices).Secrecy | Should -Be 'Hybrid'
    }

    It 'alone need no word' {
        $text = 'x' | Protect-StationMessage -To $classical -KeyPair alice @alices
        ($text | Unprotect-StationMessage -KeyPair carol @carols).Secrecy | Should -Be 'Classical'
    }
}

Describe 'Unprotect-StationMessage' {
    BeforeAll { $text = 'x' | Protect-StationMessage -To bob -KeyPair alice @alices }

    It 'tells who is no recipient' {
        (Get-ErrorOf { $text | Unprotect-StationMessage -KeyPair carol @carols }).FullyQualifiedErrorId | Should -BeLike 'NotARecipient,*'
    }

    It 'tells whose sealing keys are missing' {
        $keys = New-TestKeyStore
        $null = New-StationKeyPair dave @keys
        (Get-ErrorOf { $text | Unprotect-StationMessage -KeyPair dave @keys }).FullyQualifiedErrorId | Should -BeLike 'SealingKeyMissing,*'
        (Get-ErrorOf { $text | Unprotect-StationMessage -KeyPair (New-StationKeyPair) }).FullyQualifiedErrorId | Should -BeLike 'SealingKeyMissing,*'
    }

    It 'refuses a sender who is no peer, and one who was removed; or marks them' {
        $peers = New-TestTrustStore
        $keys = @{ KeyStore = $bobs.KeyStore }
        $refused = Get-ErrorOf { $text | Unprotect-StationMessage -KeyPair bob @keys @peers }
        $refused.FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        "$refused" | Should -Match ([regex]::Escape("$($alice.Fingerprint)"))
        $refused.ErrorDetails.RecommendedAction | Should -BeLike '*Import-StationCard*-AllowUnknownSender*'
        Add-StationPeer alice -PublicKey $alice.PublicKey @peers
        ($text | Unprotect-StationMessage -KeyPair bob @keys @peers).Verified | Should -BeTrue
        Remove-StationPeer alice -Confirm:$false @peers
        (Get-ErrorOf { $text | Unprotect-StationMessage -KeyPair bob @keys @peers }).FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        $marked = $text | Unprotect-StationMessage -KeyPair bob -AllowUnknownSender @keys @peers
        $marked.Verified, $marked.Peer | Should -Be $false, "$($alice.Fingerprint)"
    }

    It 'refuses an anonymous one, or marks it' {
        $anonymous = 'x' | Protect-StationMessage -To bob -Anonymous @alices
        $refused = Get-ErrorOf { $anonymous | Unprotect-StationMessage -KeyPair bob @bobs }
        $refused.FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        $refused.ErrorDetails.RecommendedAction | Should -Match 'AllowAnonymous'
        $marked = $anonymous | Unprotect-StationMessage -KeyPair bob -AllowAnonymous @bobs
        $marked.Verified, $marked.Peer | Should -Be $false, $null
        $marked | Out-String | Should -Match '\(anonymous\) +no '
    }

    It 'refuses one that has expired' {
        $short = 'x' | Protect-StationMessage -To bob -KeyPair alice -ExpiresIn 0:0:0.001 @alices
        Start-Sleep -Milliseconds 50
        (Get-ErrorOf { $short | Unprotect-StationMessage -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'MessageExpired,*'
        $long = 'x' | Protect-StationMessage -To bob -KeyPair alice -ExpiresIn 7.00:00 @alices
        $message = $long | Unprotect-StationMessage -KeyPair bob @bobs
        $message.ExpiresAt - $message.SentAt | Should -Be ([timespan]'7.00:00')
    }

    It 'refuses what was cut or changed, and goes on with the next' {
        $lines = $text -split "`n"
        $changed = $lines.Clone()
        $changed[40] = -join $changed[40][63..0]
        $cut = $lines[0..30]
        $errors = @()
        $messages = $changed + $cut + $lines | Unprotect-StationMessage -KeyPair bob -ErrorAction SilentlyContinue -ErrorVariable errors @bobs
        $messages.Body | Should -Be 'x'
        @($errors.FullyQualifiedErrorId -like 'SealBroken,*').Count | Should -Be 2
        (Get-ErrorOf { $cut | Unprotect-StationMessage -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'SealBroken,*'
        (Get-ErrorOf { 'hello' | Unprotect-StationMessage -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'SealBroken,*'
    }

    It 'wants something to open with' {
        (Get-ErrorOf { $text | Unprotect-StationMessage -AllowAnonymous }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'opens with the sealing keys alone, as a file and by name' {
        $file = Join-Path $TestDrive bob.sealing
        Export-StationSealingKey bob $file -NewPassphrase secret -KeyStore $bobs.KeyStore
        $peers = @{ TrustStore = $bobs.TrustStore }
        ($text | Unprotect-StationMessage -SealingKey $file -Passphrase secret @peers).Body | Should -Be 'x'
        ($text | Unprotect-StationMessage -SealingKey bob @bobs).Body | Should -Be 'x'
    }

    It 'of what was sealed to removed keys says that they are missing' {
        $keys = (New-TestKeyStore) + @{ TrustStore = $bobs.TrustStore }
        $null = New-StationKeyPair erin -KeyStore $keys.KeyStore
        Export-StationCard erin $cards/erin.card -KeyStore $keys.KeyStore
        Add-StationPeer erin -Card $cards/erin.card -TrustStore $alices.TrustStore
        $old = 'x' | Protect-StationMessage -To erin -KeyPair alice @alices
        $null = Update-StationCard erin -ForgetOld -Force -KeyStore $keys.KeyStore
        (Get-ErrorOf { $old | Unprotect-StationMessage -KeyPair erin @keys }).FullyQualifiedErrorId | Should -BeLike 'SealingKeyMissing,*'
    }

    It 'never decrypts with an identity, imported from ssh or not' {
        $line = $bob.PublicKey.ToOpenSsh()
        $sealed = 'x' | Protect-StationMessage -To $line -KeyPair alice @alices
        (Get-ErrorOf { $sealed | Unprotect-StationMessage -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'NotARecipient,*'
        $file = Join-Path $TestDrive id_ed25519
        Export-StationKeyPair $bob $file -Format OpenSsh
        ($sealed | Unprotect-StationMessage -AgeIdentityPath $file @bobs).Body | Should -Be 'x'
    }
}

Describe 'A passphrase' {
    It 'seals for whoever knows it, which can pass it on' {
        $text = 'x' | Protect-StationMessage -SealPassphrase 'open sesame' -KeyPair alice @alices
        $message = $text | Unprotect-StationMessage -SealPassphrase 'open sesame' @bobs
        $message.Body, $message.Peer, $message.Verified, $message.Forwardable, $message.Secrecy | Should -Be 'x', 'alice', $true, $true, 'Passphrase'
        $message | Out-String | Should -Match 'alice +forwardable +Passphrase'
        (Get-ErrorOf { $text | Unprotect-StationMessage -SealPassphrase wrong @bobs }).FullyQualifiedErrorId | Should -BeLike 'NotARecipient,*'
    }
}

Describe 'Plain age files' {
    It 'are made and read with -Raw' {
        $raw = 'x' | Protect-StationMessage -To bob -Raw @alices
        $body = $raw | Unprotect-StationMessage -KeyPair bob -Raw -AllowAnonymous @bobs
        , $body | Should -BeOfType byte[]
        [Text.Encoding]::UTF8.GetString($body) | Should -Be 'x'
        (Get-ErrorOf { $raw | Unprotect-StationMessage -KeyPair bob -Raw @bobs }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { $raw | Unprotect-StationMessage -KeyPair bob -AllowAnonymous @bobs }).FullyQualifiedErrorId | Should -BeLike 'SealBroken,*'
    }
}

Describe 'A sealed text' {
    It 'goes on as text, without a warning' {
        $text = 'x' | Protect-StationMessage -To bob -KeyPair alice @alices
        $text | Should -BeOfType string
        $warnings = @()
        $null = $text | Protect-StationMessage -To bob -KeyPair alice -WarningVariable warnings @alices
        $warnings | Should -BeNullOrEmpty
    }
}
