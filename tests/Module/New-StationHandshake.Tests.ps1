BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
}

Describe 'New-StationHandshake' {
    It 'begins the station''s own handshake' {
        $a = New-Initiator
        $a.Suite | Should -Be 'Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256'
        $a.Security | Should -Be 'secrecy: hybrid, authentication: classical'
        $a.State | Should -Be 'WriteDue'
        $a.NextMessage | Should -Be '-> e, e1'
        (New-Responder).State | Should -Be 'ReadDue'
    }

    It 'takes a suite, and a pattern that fits it' {
        (New-Initiator -Suite Noise_XX_25519_ChaChaPoly_SHA256 -Pattern XX).Suite | Should -BeLike '*ChaChaPoly*'
        (New-Initiator -Pattern XX).Suite | Should -Be 'Noise_XX_25519_AESGCM_SHA256'
        (New-Initiator -Pattern XXhfs).Suite | Should -Be 'Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256'
        (Get-ErrorOf { New-Initiator -Pattern IK }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationHandshakeCommand'
        "$(Get-ErrorOf { New-Initiator -Pattern IK })" | Should -BeLike '*-NoiseProtocol*'
        (Get-ErrorOf { New-Initiator -Pattern XXpsk3 }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'uses an identity of the key store, and a fresh one without' {
        $keys = New-TestKeyStore
        $stored = New-StationKeyPair carol -Passphrase p @keys
        (New-StationHandshake Initiator -KeyPair carol -Passphrase p @keys).LocalFingerprint | Should -Be "$($stored.Fingerprint)"
        (New-StationHandshake Initiator).LocalFingerprint | Should -Not -Be (New-StationHandshake Initiator).LocalFingerprint
    }

    It 'trusts as the trust store says' {
        $trust = New-TestTrustStore
        Add-StationPeer bob -PublicKey $bob.PublicKey -Address 'b:1' @trust
        Add-StationPeer alice -PublicKey $alice.PublicKey -Accept @trust
        $b = New-StationHandshake Responder -KeyPair $bob @trust
        $a = New-StationHandshake Initiator -KeyPair $alice -Peer bob @trust
        Invoke-Handshake $a $b
        (New-StationHandshake Initiator -KeyPair $alice -Peer (Get-StationPeer bob @trust) @trust).State | Should -Be 'WriteDue'
        (Get-ErrorOf { New-StationHandshake Initiator -Peer nobody @trust }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        $a.PeerName, $b.PeerName | Should -Be 'bob', 'alice'
        $a.TrustBasis, $b.TrustBasis | Should -Be 'Peer', 'Accepted'

        $a = New-StationHandshake Initiator -KeyPair $alice -Address b:1 @trust
        Invoke-Handshake $a (New-Responder)
        $a.TrustBasis | Should -Be 'Pinned'

        (Get-ErrorOf { Invoke-Handshake (New-StationHandshake Initiator @trust) (New-StationHandshake Responder -KeyPair $bob @trust) }).FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        (Get-ErrorOf { Invoke-Handshake (New-StationHandshake Initiator -PeerFingerprint $bob.Fingerprint @trust) (New-StationHandshake Responder -KeyPair $bob @trust) }).FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
    }

    It 'pins on first use while it reads' {
        $trust = New-TestTrustStore
        $a = New-StationHandshake Initiator -KeyPair $alice -Address new:1 -TrustMode FirstUse @trust
        Invoke-Handshake $a (New-Responder)
        $a.TrustBasis | Should -Be 'FirstUse'
        $other = New-StationKeyPair
        $a = New-StationHandshake Initiator -KeyPair $alice -Address new:1 -TrustMode FirstUse @trust
        (Get-ErrorOf { Invoke-Handshake $a (New-StationHandshake Responder -KeyPair $other -TrustMode Any @trust) }).FullyQualifiedErrorId | Should -BeLike 'PeerKeyChanged,*'
    }

    It 'takes an invitation on both sides' {
        $listener = Start-StationListener -Port 0 -KeyPair $bob
        try {
            $uri = $listener.Invitation.Reveal()
            $a = New-StationHandshake Initiator -KeyPair $alice -Invitation $uri
            $b = New-StationHandshake Responder -KeyPair $bob -Invitation $uri
            $a.Pattern | Should -Be 'XXhfs+psk3'
            Invoke-Handshake $a $b
            $a.State, $b.State | Should -Be 'MessagesComplete', 'MessagesComplete'

            # The invitation of a listener that takes no hybrid does not say kem=1.
            $older = $uri -replace '&kem=1'
            (New-StationHandshake Initiator -KeyPair $alice -Invitation $older).Pattern | Should -Be 'XXpsk3'
            (New-StationHandshake Initiator -KeyPair $alice -Invitation $older -Pattern XXhfs+psk3).Pattern | Should -Be 'XXhfs+psk3'
            (New-StationHandshake Initiator -KeyPair $alice -Invitation $uri -Pattern XXpsk3).Pattern | Should -Be 'XXpsk3'
        } finally {
            $listener | Stop-StationListener
        }
    }

    It 'begins raw Noise and says what is missing or too much: <Name> <Problem>' -ForEach @(
        @{ Name = 'Noise_IK_25519_AESGCM_SHA256'; Problem = '*remote static*'; With = @{} }
        @{ Name = 'Noise_NN_25519_AESGCM_SHA256'; Problem = '*takes no local static*'; With = @{ StaticKey = '11' * 32 } }
        @{ Name = 'Noise_NNpsk0_25519_AESGCM_SHA256'; Problem = '*1 psk*'; With = @{} }
        @{ Name = 'Noise_NN_25519_AESGCM_MD5'; Problem = '*MD5*'; With = @{} }
        @{ Name = 'nonsense'; Problem = '*not a Noise protocol name*'; With = @{} }
        @{ Name = 'Noise_NN_25519_AESGCM_SHA256'; Problem = '*not -KeyPair*'; With = @{ KeyPair = 'x' } }
    ) {
        $failure = Get-ErrorOf { New-StationHandshake Initiator -NoiseProtocol $Name @With }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationHandshakeCommand'
        "$failure" | Should -BeLike $Problem
    }

    It 'takes keys as bytes, hex, base64, SecureString and pairs, and shows none in an error' {
        $name = 'Noise_KKpsk0_25519_AESGCM_SHA256'
        $left, $right = [StationNoiseKeyPair]::Generate(), [StationNoiseKeyPair]::Generate()
        $left.PublicKey | Should -Match '^[0-9a-f]{64}$'
        $psk = [byte[]](1..32)
        $secure = [securestring]::new()
        [Convert]::ToHexString($psk).ToCharArray().ForEach{ $secure.AppendChar($_) }
        $a = New-StationHandshake Initiator -NoiseProtocol $name -StaticKey $left -RemoteStatic $right -Psk $psk
        $b = New-StationHandshake Responder -NoiseProtocol $name -StaticKey $right -RemoteStatic "$left" -Psk $secure
        Invoke-Handshake $a $b
        $a.HandshakeHash | Should -Be $b.HandshakeHash
        $failure = Get-ErrorOf { New-StationHandshake Initiator -NoiseProtocol $name -StaticKey 'verysecretvalue!' -RemoteStatic $right -Psk $psk }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
        $failure | Format-List * -Force | Out-String | Should -Not -Match 'verysecretvalue'
    }

    It 'takes several psks in order' {
        $name = 'Noise_NNpsk0+psk2_25519_AESGCM_SHA256'
        $one, $two = ('11' * 32), ('22' * 32)
        $a = New-StationHandshake Initiator -NoiseProtocol $name -Psk $one, $two
        Invoke-Handshake $a (New-StationHandshake Responder -NoiseProtocol $name -Psk $one, $two)
        $a.State | Should -Be 'MessagesComplete'
        $b = New-StationHandshake Responder -NoiseProtocol $name -Psk $two, $one
        "$(Get-ErrorOf { Invoke-Handshake (New-StationHandshake Initiator -NoiseProtocol $name -Psk $one, $two) $b })" | Should -BeLike '*message 1 *'
    }

    It 'fails with another prologue at the first message that has a tag' {
        $name = 'Noise_NN_25519_AESGCM_SHA256'
        $a = New-StationHandshake Initiator -NoiseProtocol $name -Prologue one
        $b = New-StationHandshake Responder -NoiseProtocol $name -Prologue two
        "$(Get-ErrorOf { Invoke-Handshake $a $b })" | Should -BeLike '*message 2 *'
    }

    It 'completes patterns and names of Noise protocols' {
        (TabExpansion2 'New-StationHandshake Initiator -Pattern XXp').CompletionMatches.CompletionText | Should -Be 'XXpsk3'
        $names = (TabExpansion2 'New-StationHandshake Initiator -NoiseProtocol Noise_IK_').CompletionMatches.CompletionText
        $names | Should -HaveCount 8
        $names | Should -Contain 'Noise_IK_25519_ChaChaPoly_BLAKE2s'
        (TabExpansion2 'New-StationHandshake Initiator -NoiseProtocol Noise_KKhfs').CompletionMatches.CompletionText | Should -Contain 'Noise_KKhfs_25519+MLKEM768_AESGCM_SHA512'
    }
}
