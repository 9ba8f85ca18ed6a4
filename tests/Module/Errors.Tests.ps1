# What an error advises fits what it is about.
BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Advice' {
    It 'of <What> that is not there names <Names>' -ForEach @(
        @{ What = 'a key'; Script = { Get-StationKeyPair nobody -KeyStore $TestDrive/keys }; Names = 'Get-StationKeyPair', '-KeyStore' }
        @{ What = 'a key to connect with'; Script = { Connect-Station -HostName 127.0.0.1 -Port 1 -KeyPair nobody -KeyStore $TestDrive/keys }; Names = 'Get-StationKeyPair' }
        @{ What = 'a peer'; Script = { Get-StationPeer nobody -TrustStore $TestDrive/peers }; Names = 'Get-StationPeer', '-TrustStore' }
        @{ What = 'a peer to remove'; Script = { Remove-StationPeer nobody -TrustStore $TestDrive/peers }; Names = 'Get-StationPeer' }
        @{ What = 'a listener'; Script = { Get-StationListener nothing }; Names = 'Get-StationListener' }
        @{ What = 'a session'; Script = { Get-StationSession nothing }; Names = 'Get-StationSession' }
        @{ What = 'a notary'; Script = { Get-StationNotary nothing }; Names = 'Get-StationNotary' }
        @{ What = 'a Diffie-Hellman server'; Script = { Get-DhServer nothing }; Names = 'Get-DhServer' }
        @{ What = 'a protocol'; Script = { Get-StationProtocol -Protocol Nothing }; Names = 'Get-StationProtocol' }
        @{ What = 'a file'; Script = { Import-DhParameter $TestDrive/nothing.pem }; Names = '-LiteralPath' }
        @{ What = 'a document'; Script = { Test-StationTimestamp $TestDrive/nothing.pdf }; Names = '-LiteralPath' }
        @{ What = 'a log'; Script = { Get-StationNotaryLog $TestDrive/nothing.log }; Names = 'path' }
    ) {
        $failure = Get-ErrorOf $Script
        $failure.FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        $advice = $failure.ErrorDetails.RecommendedAction
        foreach ($name in $Names) { $advice | Should -BeLike "*$name*" }
        # Nothing of other kinds of things.
        $nouns = [regex]::Matches($advice, '(?:Get|New|Add|Start)-(\w+)').ForEach{ $_.Groups[1].Value } | Sort-Object -Unique
        @($nouns).Count | Should -BeLessOrEqual 1
    }

    It 'of a refused Diffie-Hellman prime names -AllowWeakParameter where that would help' {
        Set-Content $TestDrive/weak.pem (New-DhParameter -Bits 512 -AllowWeakParameter -WarningAction Ignore).ToPem()
        (Get-ErrorOf { Import-DhParameter $TestDrive/weak.pem }).ErrorDetails.RecommendedAction | Should -BeLike '*-AllowWeakParameter*'
        (Get-ErrorOf { New-DhParameter -Bits 1024 }).ErrorDetails.RecommendedAction | Should -BeLike '*-AllowWeakParameter*'
        Set-Content $TestDrive/no.pem 'no parameters'
        (Get-ErrorOf { Import-DhParameter $TestDrive/no.pem }).ErrorDetails.RecommendedAction | Should -Not -BeLike '*-AllowWeakParameter*'
    }

    It 'of an age recipient or identity that is mistyped sends nobody to PEM files' {
        Set-Content $TestDrive/age.key 'AGE-SECRET-KEY-1QQQQ'
        Set-Content $TestDrive/plain.txt 'text'
        foreach ($script in { Protect-StationFile $TestDrive/plain.txt -To age1zzz -Anonymous }, { Protect-StationFile $TestDrive/plain.txt -To age1pq1zzz -Anonymous },
            { 'x' | Unprotect-StationMessage -AgeIdentityPath $TestDrive/age.key }) {
            $failure = Get-ErrorOf $script
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*age-keygen*'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeLike '*PEM*'
        }
    }

    It 'of a peer that is there already names the switch that replaces it' {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer a -PublicKey $key.PublicKey @store
        $failure = Get-ErrorOf { Add-StationPeer b -PublicKey $key.PublicKey @store }
        $failure.FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Replace*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeLike '*-Force*'
    }

    It 'of a key store with <What> says <Says>' -Skip:$IsWindows -ForEach @(
        @{ What = 'a folder for all'; Break = { chmod 0777 $folder }; Says = 'chmod 700' }
        @{ What = 'a file for all'; Break = { chmod 0644 $folder/k.pem }; Says = 'chmod 600' }
        @{ What = 'a link'; Break = { Move-Item $folder/k.pem "$folder.pem"; $null = New-Item -ItemType SymbolicLink $folder/k.pem -Target "$folder.pem" }; Says = 'put the file itself there' }
        @{ What = 'a linked public key'; Break = { Move-Item $folder/k.pub.pem "$folder.pem"; $null = New-Item -ItemType SymbolicLink $folder/k.pub.pem -Target "$folder.pem" }; Says = 'delete' }
    ) {
        $store = New-TestKeyStore
        $folder = $store.KeyStore
        $null = New-StationKeyPair k @store
        . $Break
        $failure = Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port 1 -KeyPair k @store }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
        $advice = $failure.ErrorDetails.RecommendedAction
        foreach ($text in $advice, "$failure") {
            $text | Should -BeLike "*$Says*"
            foreach ($other in 'PEM', 'chmod 600', 'chmod 700') { if ($other -ne $Says) { $text | Should -Not -MatchExactly $other } }
        }
    }

    It 'of a link in a trust store does not change its rights' -Skip:$IsWindows {
        $store = New-TestTrustStore
        Add-StationPeer a -Fingerprint (New-StationKeyPair).Fingerprint @store
        $file = Get-ChildItem $store.TrustStore -File -Recurse | Where-Object { (Get-Content -Raw $_) -match 'name' } | Select-Object -First 1
        Move-Item $file "$TestDrive/moved"
        $null = New-Item -ItemType SymbolicLink $file -Target $TestDrive/moved
        $failure = Get-ErrorOf { Get-StationPeer @store }
        $failure.FullyQualifiedErrorId | Should -BeLike 'TrustStoreInsecure,*'
        foreach ($text in $failure.ErrorDetails.RecommendedAction, "$failure") {
            $text | Should -BeLike '*put the file itself there*'
            $text | Should -Not -BeLike '*chmod*'
        }
    }

    It 'of a key file that asks for too much work says the bound and how to convert it' {
        $der = [Security.Cryptography.RSA]::Create(2048).ExportEncryptedPkcs8PrivateKey('secret', [Security.Cryptography.PbeParameters]::new('Aes256Cbc', 'SHA256', 2000001))
        Set-Content $TestDrive/work.pem ([Security.Cryptography.PemEncoding]::WriteString('ENCRYPTED PRIVATE KEY', $der))
        $failure = Get-ErrorOf { Import-StationKeyPair $TestDrive/work.pem -Passphrase (ConvertTo-SecureString -AsPlainText -Force 'secret') }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
        foreach ($text in $failure.ErrorDetails.RecommendedAction, "$failure") {
            $text | Should -BeLike '*2,000,000*'
            $text | Should -BeLike '*openssl pkcs8 -topk8*-iter 600000*'
        }
    }
}
