BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'A card' {
    BeforeAll {
        $keys = New-TestKeyStore
        $alice = New-StationKeyPair alice @keys
        $null = New-StationKeyPair locked -Passphrase secret @keys
        $file = Join-Path $TestDrive alice.card
        Export-StationCard alice $file @keys
    }

    It 'is written once, and the same again until its end is near' {
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN STATION CARD-----'
        Export-StationCard alice "$file.again" @keys
        Get-Content -Raw "$file.again" | Should -BeExactly (Get-Content -Raw $file)
        (Export-StationCard -Name alice @keys) + "`n" | Should -BeExactly (Get-Content -Raw $file)
    }

    It 'is not written over a file without -Force' {
        (Get-ErrorOf { Export-StationCard alice $file @keys }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        (Export-StationCard alice $file -Force -PassThru @keys).Name | Should -Be 'alice.card'
    }

    It 'of an encrypted identity takes the passphrase when it is made, and none after' {
        (Get-ErrorOf { Export-StationCard locked @keys }).FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase,*'
        $text = Export-StationCard locked -Passphrase secret @keys
        Export-StationCard locked @keys | Should -BeExactly $text
    }

    It 'takes the key pair by -KeyPair, by the pipeline, and as an entry of the store' {
        $text = Get-Content -Raw $file
        (Export-StationCard -KeyPair $alice) + "`n" | Should -BeExactly $text
        ($alice | Export-StationCard) + "`n" | Should -BeExactly $text
        (Get-StationKeyPair alice @keys | Export-StationCard) + "`n" | Should -BeExactly $text
    }

    It 'is nothing for a key that is in memory only' {
        (Get-ErrorOf { New-StationKeyPair | Export-StationCard }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'is not made with -WhatIf' {
        $null = New-StationKeyPair dry @keys
        Export-StationCard dry "$file.dry" -WhatIf @keys
        Join-Path $keys.KeyStore dry.sealing, dry.card | Should -Not -Exist
    }

    It 'shows whose it is and that nobody has pinned it yet' {
        $peers = New-TestTrustStore
        $card = Import-StationCard $file @peers
        $card.Fingerprint | Should -Be $alice.Fingerprint
        $card.Pinned | Should -BeFalse
        $card.NotAfter - [DateTimeOffset]::UtcNow | Should -BeGreaterThan ([timespan]'89.00:00:00')
        $card | Out-String | Should -Match 'Pinned +: no'
        $card | Add-StationPeer -Name alice @peers
        Import-StationCard $file @peers | Out-String | Should -Match 'Pinned +: yes, as alice'
    }

    It 'that was changed, or is none, is refused' {
        $text = Get-Content $file
        $text[20] = -join $text[20][63..0]
        Set-Content "$file.bad" $text
        (Get-ErrorOf { Import-StationCard "$file.bad" }).FullyQualifiedErrorId | Should -Match '^(InvalidCard|CardNotTrusted),'
        Set-Content "$file.none" 'hello'
        (Get-ErrorOf { Import-StationCard "$file.none" }).FullyQualifiedErrorId | Should -BeLike 'InvalidCard,*'
        (Get-ErrorOf { Import-StationCard "$file.missing" }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }
}

Describe 'Add-StationPeer -Card' {
    BeforeAll {
        $keys = New-TestKeyStore
        $alice = New-StationKeyPair alice @keys
        $mallory = New-StationKeyPair mallory @keys
        $first, $mallorys = 'alice', 'mallory' | ForEach-Object { Export-StationCard $_ (Join-Path $TestDrive "$_.card") -PassThru @keys }
        $null = Update-StationCard alice @keys
        $second = Export-StationCard alice (Join-Path $TestDrive second.card) -PassThru @keys
    }

    BeforeEach { $peers = New-TestTrustStore }

    It 'pins the identity and keeps the card, by the pipeline, as a path and as text' {
        Import-StationCard $first @peers | Add-StationPeer -Name alice -Accept @peers
        $peer = Get-StationPeer alice @peers
        $peer.Accept | Should -BeTrue
        $peer.Fingerprint | Should -Be $alice.Fingerprint
        $peer.PublicKey | Should -Be $alice.PublicKey
        $peer.Card.Fingerprint | Should -Be $alice.Fingerprint
        Add-StationPeer mallory -Card $mallorys.FullName -PassThru @peers | ForEach-Object Fingerprint | Should -Be $mallory.Fingerprint
        $other = New-TestTrustStore
        Add-StationPeer bob -Card (Get-Content -Raw $first) @other
        (Get-StationPeer bob @other).Card | Should -Be $peer.Card
    }

    It 'takes a newer card of a peer, leaves the rest of its record, and never goes back' {
        Add-StationPeer alice -Card $first.FullName -Accept -Address h:1 @peers
        Add-StationPeer Alice -Card $second.FullName @peers
        $peer = Get-StationPeer alice @peers
        $peer.Accept, $peer.Name, "$($peer.Addresses)" | Should -Be $true, 'alice', 'h:1'
        $peer.Card | Should -Be (Import-StationCard $second)
        (Get-ErrorOf { Add-StationPeer alice -Card $first.FullName @peers }).FullyQualifiedErrorId | Should -BeLike 'CardOlder,*'
        (Get-StationPeer alice @peers).Card | Should -Be $peer.Card
        Add-StationPeer alice -Card $first.FullName -Replace @peers
        (Get-StationPeer alice @peers).Card | Should -Be (Import-StationCard $first)
    }

    It 'refuses the card of another than the pinned identity' {
        Add-StationPeer alice -PublicKey $alice.PublicKey @peers
        $refused = Get-ErrorOf { Import-StationCard $mallorys | Add-StationPeer -Name alice @peers }
        $refused.FullyQualifiedErrorId | Should -BeLike 'CardNotTrusted,*'
        $refused.CategoryInfo.Category | Should -Be 'SecurityError'
        $refused.ErrorDetails.RecommendedAction | Should -Match 'fingerprint'
        (Get-StationPeer alice @peers).Card | Should -BeNullOrEmpty
    }

    It 'refuses an identity that has another name already' {
        Add-StationPeer alice -Card $first.FullName @peers
        (Get-ErrorOf { Add-StationPeer alicia -Card $first.FullName @peers }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
    }

    It 'keeps nothing with -WhatIf' {
        Add-StationPeer alice -Card $first.FullName -WhatIf @peers
        Get-StationPeer @peers | Should -BeNullOrEmpty
    }

    It 'keeps the card when the record is changed' {
        Add-StationPeer alice -Card $first.FullName @peers
        Set-StationPeer alice -NewName alicia -Address h:1 @peers
        (Get-StationPeer alicia @peers).Card | Should -Be (Import-StationCard $first)
    }
}

Describe 'Sealing keys' {
    BeforeEach {
        $keys = New-TestKeyStore
        $null = New-StationKeyPair bob @keys
        $null = Export-StationCard bob @keys
    }

    It 'are made anew by Update-StationCard, and old ones stay' {
        $card = Update-StationCard bob @keys
        $all = Get-StationSealingKey bob @keys
        $all.Count | Should -Be 2
        $all[0].Serial | Should -Be $card.Serial
        $all[0].Until | Should -Be $card.NotAfter
        $all[0].Name | Should -Be 'bob'
        (Get-StationSealingKey @keys).Count | Should -Be 2
        (Get-ErrorOf { Get-StationSealingKey nobody @keys }).FullyQualifiedErrorId | Should -BeLike 'SealingKeyMissing,*'
    }

    It 'are forgotten only by -ForgetOld, those that are old enough' {
        $null = Update-StationCard bob -ForgetOld -OlderThan 1.00:00:00 -Force @keys
        (Get-StationSealingKey bob @keys).Count | Should -Be 2
        Update-StationCard bob -ForgetOld -WhatIf @keys
        (Get-StationSealingKey bob @keys).Count | Should -Be 2
        $card = Update-StationCard bob -ForgetOld -Confirm:$false @keys
        (Get-StationSealingKey bob @keys).Serial | Should -Be $card.Serial
        (Get-ErrorOf { Update-StationCard bob -ForgetOld -OlderThan '-1' -Force @keys }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'are removed by serial, by the pipeline, and all' {
        $first = (Get-StationSealingKey bob @keys).Serial
        $second = (Update-StationCard bob @keys).Serial
        Remove-StationSealingKey bob $first -WhatIf @keys
        Remove-StationSealingKey bob $first -Confirm:$false @keys
        (Get-StationSealingKey bob @keys).Serial | Should -Be $second
        (Get-ErrorOf { Remove-StationSealingKey bob 1 -Force @keys }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-StationSealingKey bob @keys | Remove-StationSealingKey -Force
        Get-StationSealingKey bob @keys | Should -BeNullOrEmpty
        (Import-StationCard (Export-StationCard bob (Join-Path $TestDrive "$([guid]::NewGuid()).card") -PassThru @keys)).Serial | Should -BeGreaterThan $second
        Remove-StationSealingKey bob -All -Force @keys
        Get-StationSealingKey bob @keys | Should -BeNullOrEmpty
    }

    It 'ask first, and say which card and until when' {
        $key = Get-StationSealingKey bob @keys
        $said = Invoke-PowerShell @"
Import-Module '$root/SecureStation.psd1'
Remove-StationSealingKey bob -All -KeyStore '$($keys.KeyStore)' -WhatIf
try { Update-StationCard bob -ForgetOld -KeyStore '$($keys.KeyStore)' } catch { 'asked' }
try { Remove-StationSealingKey bob -All -KeyStore '$($keys.KeyStore)' } catch { 'asked' }
"@
        ("$said" -replace '\s+', ' ') | Should -Match "card $($key.Serial), which others may seal to until $($key.Until.ToString('u'))"
        @($said -eq 'asked').Count | Should -Be 2
        (Get-StationSealingKey bob @keys).Serial | Should -Be $key.Serial
    }

    It 'go to another machine encrypted, without the identity' {
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).sealing"
        (Get-ErrorOf { Export-StationSealingKey bob $file -NewPassphrase '' @keys }).Exception.Message | Should -BeLike '*-NewPassphrase is empty*encrypted only*'
        Export-StationSealingKey bob $file -NewPassphrase 'on the way' @keys
        Get-Content $file -TotalCount 1 | Should -Be '-----BEGIN AGE ENCRYPTED FILE-----'
        (Get-ErrorOf { Export-StationSealingKey bob $file -NewPassphrase 'on the way' @keys }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        $other = New-TestKeyStore
        $key = Import-StationSealingKey $file bob -Passphrase 'on the way' -NewPassphrase here -PassThru @other
        $key.Serial | Should -Be (Get-StationSealingKey bob @keys).Serial
        Get-StationKeyPair @other | Should -BeNullOrEmpty
        (Get-StationSealingKey bob -Passphrase here @other).Serial | Should -Be $key.Serial
        (Get-ErrorOf { Import-StationSealingKey $file bob -Passphrase wrong @other }).FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase,*'
        Import-StationSealingKey $file carol -Passphrase 'on the way' -WhatIf @other
        Join-Path $other.KeyStore carol.sealing | Should -Not -Exist
    }

    It 'never leave in clear' {
        $null = New-StationKeyPair open @keys
        $null = Export-StationCard open @keys
        $refused = Get-ErrorOf { Export-StationSealingKey open (Join-Path $TestDrive open.sealing) @keys }
        $refused.FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        Join-Path $TestDrive open.sealing | Should -Not -Exist
    }

    It 'lie under the passphrase of their identity' {
        $null = New-StationKeyPair locked -Passphrase secret @keys
        $serial = (Import-StationCard (Export-StationCard locked (Join-Path $TestDrive "$([guid]::NewGuid()).card") -Passphrase secret -PassThru @keys)).Serial
        Get-Content (Join-Path $keys.KeyStore locked.sealing) -TotalCount 1 | Should -Be '-----BEGIN AGE ENCRYPTED FILE-----'
        (Get-ErrorOf { Get-StationSealingKey locked @keys }).FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase,*'
        (Get-ErrorOf { Update-StationCard locked -Passphrase wrong @keys }).FullyQualifiedErrorId | Should -BeLike 'WrongPassphrase,*'
        Get-StationSealingKey locked -Passphrase secret @keys | Remove-StationSealingKey -Passphrase secret -Serial $serial -Force
        Get-StationSealingKey locked -Passphrase secret @keys | Should -BeNullOrEmpty
    }

    It 'show no secret' {
        foreach ($shown in (Get-Everything (Get-StationSealingKey bob @keys)), (Get-Everything (Update-StationCard bob @keys))) {
            "$shown" | Should -Not -Match 'AGE-SECRET-KEY'
        }
    }

    It 'go with their identity' {
        Remove-StationKeyPair bob -Force @keys
        Get-ChildItem $keys.KeyStore -Filter bob* | Should -BeNullOrEmpty
    }
}
