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

    It 'of a peer that is there already names the switch that replaces it' {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer a -PublicKey $key.PublicKey @store
        $failure = Get-ErrorOf { Add-StationPeer b -PublicKey $key.PublicKey @store }
        $failure.FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Replace*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeLike '*-Force*'
    }
}
