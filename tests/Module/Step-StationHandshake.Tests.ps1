BeforeDiscovery {
    # A sample of each family of the published vectors: one-way, fundamental, deferred, with psk; every cipher and hash.
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $shared = if ($env:STATION_SHARED) { $env:STATION_SHARED } else { Join-Path $root '../shared' }
    # STATION_VECTORS names a folder of the form of vectors, or the noise folder in it.
    $folders = @(if ($env:STATION_VECTORS) { "$env:STATION_VECTORS/noise", $env:STATION_VECTORS }; "$shared/vectors/noise")
    $file = $folders.ForEach{ "$_/cacophony.json" }.Where({ Test-Path $_ }, 'First')[0]
    if (-not $file) { $file = Join-Path $root 'tests/vectors/noise/dissononce.json' }
    $vectors = (Get-Content -Raw $file | ConvertFrom-Json -AsHashtable).vectors |
        Group-Object { ($_.protocol_name -split '_')[1] } |
        ForEach-Object -Begin { $i = 0 } -Process { $_.Group[$i++ % $_.Count] } |
        ForEach-Object { @{ Name = $_.protocol_name; Vector = $_ } }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
}

Describe 'Step-StationHandshake' {
    It 'shakes hands in one pipeline, as the help says' {
        $a, $b = (New-Initiator -Pattern XX), (New-Responder -Pattern XX)
        $a | Step-StationHandshake | Step-StationHandshake -Handshake $b | Step-StationHandshake -Handshake $a | Step-StationHandshake -Handshake $b | Should -BeNullOrEmpty
        $left = $a | Complete-StationHandshake
        $right = $b | Complete-StationHandshake
        $message = 'over any channel' | Protect-StationMessage -Session $left | ForEach-Object { $_.ToString() } | Unprotect-StationMessage -Session $right
        $message.Body | Should -Be 'over any channel'
        $left.RemoteFingerprint | Should -Be "$($bob.Fingerprint)"
        $right.RemoteFingerprint | Should -Be "$($alice.Fingerprint)"
    }

    It 'writes messages that print as base64 and name their tokens' {
        $a, $b = (New-Initiator), (New-Responder)
        $first = $a | Step-StationHandshake
        [Convert]::FromBase64String("$first").Count | Should -Be 1216
        $first.ToHex() | Should -Match '^[0-9a-f]{2432}$'
        $second = Step-StationHandshake $b -Message $first.ToHex()
        $second.Pattern | Should -Be '<- e, ee, ekem1, s, es'
        "$($second.Fields)" | Should -BeLike 'e 32 clear ekem1 1104 encrypted s 48 encrypted payload * encrypted'
        Step-StationHandshake $a -Message $second.ToBytes() | Should -BeOfType ([StationHandshakeMessage])
        $a.RemoteFingerprint | Should -Be "$($bob.Fingerprint)"
    }

    It 'writes the handshake with -PassThru where nothing remains to be written' {
        $a, $b = (New-Initiator), (New-Responder)
        $session = $a | Step-StationHandshake | Step-StationHandshake $b | Step-StationHandshake $a | Step-StationHandshake $b -PassThru | Complete-StationHandshake
        $session.Role | Should -Be 'Responder'
    }

    It 'refuses steps out of turn, with the state' {
        $b = New-Responder
        $failure = Get-ErrorOf { $b | Step-StationHandshake }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidState,SecureStation.Commands.StepStationHandshakeCommand'
        "$failure" | Should -BeLike '*state ReadDue*message 1 of 3*'
        $a = New-Initiator
        "$(Get-ErrorOf { Step-StationHandshake $a -Message ('00' * 32) })" | Should -BeLike '*state WriteDue*'
        Invoke-Handshake $a $b
        "$(Get-ErrorOf { $a | Step-StationHandshake })" | Should -BeLike '*state MessagesComplete*'
        $null = $a | Complete-StationHandshake
        "$(Get-ErrorOf { $a | Step-StationHandshake })" | Should -BeLike '*state Completed*'
        "$(Get-ErrorOf { $a | Complete-StationHandshake })" | Should -BeLike '*state Completed*'
    }

    It 'fails at the message that was altered, and for good' {
        $a, $b = (New-Initiator), (New-Responder)
        $second = ($a | Step-StationHandshake | Step-StationHandshake $b).ToBytes()
        $second[100] = $second[100] -bxor 1
        (Get-ErrorOf { Step-StationHandshake $a -Message $second }).FullyQualifiedErrorId | Should -Be 'HandshakeFailed,SecureStation.Commands.StepStationHandshakeCommand'
        $a.State | Should -Be 'Failed'
        $a.Failure.Stage | Should -Be 'Message2'
        "$(Get-ErrorOf { $a | Step-StationHandshake })" | Should -BeLike '*state Failed*'
    }

    It 'refuses a peer that is not the one named' {
        $a = New-StationHandshake Initiator -KeyPair $alice -PeerFingerprint $alice.Fingerprint
        $b = New-Responder
        (Get-ErrorOf { $a | Step-StationHandshake | Step-StationHandshake $b | Step-StationHandshake $a }).FullyQualifiedErrorId | Should -BeLike 'PeerUntrusted,*'
        $a.State | Should -Be 'Failed'
    }

    It 'decides about the peer as it is told at the step, in place of what was said before' {
        $store = New-TestTrustStore
        $a = New-StationHandshake -Role Initiator -KeyPair $alice @store
        $b = New-StationHandshake -Role Responder -KeyPair $bob @store
        $a | Step-StationHandshake | Step-StationHandshake -Handshake $b |
            Step-StationHandshake -Handshake $a -PeerFingerprint $bob.Fingerprint @store | Step-StationHandshake -Handshake $b -TrustMode Any @store
        $a.State, $b.State | Should -Be 'MessagesComplete', 'MessagesComplete'

        # Named at the beginning, but not the one that is wanted any more.
        $a = New-StationHandshake -Role Initiator -KeyPair $alice -PeerFingerprint $bob.Fingerprint @store
        $answer = $a | Step-StationHandshake | Step-StationHandshake -Handshake (New-Responder)
        (Get-ErrorOf { $answer | Step-StationHandshake -Handshake $a -PeerFingerprint $alice.Fingerprint @store }).FullyQualifiedErrorId |
            Should -Be 'PeerUntrusted,SecureStation.Commands.StepStationHandshakeCommand'
        $a.State | Should -Be 'Failed'
    }

    It 'decides by a trust store that is named at the step' {
        $store = New-TestTrustStore
        Add-StationPeer alice -PublicKey $alice.PublicKey -Accept @store
        $a, $b = (New-Initiator), (New-StationHandshake -Role Responder -KeyPair $bob -TrustStore "$TestDrive/nobody")
        $a | Step-StationHandshake | Step-StationHandshake -Handshake $b | Step-StationHandshake -Handshake $a | Step-StationHandshake -Handshake $b @store
        $b.PeerName | Should -Be 'alice'
    }

    It 'trusts nobody in raw Noise' {
        $a = New-StationHandshake -Role Initiator -NoiseProtocol Noise_NN_25519_AESGCM_SHA256
        (Get-ErrorOf { $a | Step-StationHandshake -TrustMode Any }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        $a.State | Should -Be 'WriteDue'
    }

    It 'refuses text that is no message: <_>' -ForEach 'x', 'not base64', '=' {
        $b = New-Responder
        (Get-ErrorOf { $_ | Step-StationHandshake $b }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.StepStationHandshakeCommand'
        $b.State | Should -Be 'ReadDue'
    }

    It 'carries payloads in raw Noise, and refuses them in the station''s own handshake' {
        $name = 'Noise_NN_25519_ChaChaPoly_BLAKE2s'
        $a = New-StationHandshake Initiator -NoiseProtocol $name
        $b = New-StationHandshake Responder -NoiseProtocol $name
        $second = $a | Step-StationHandshake -Payload 'hällo' | Step-StationHandshake $b -Payload ([byte[]](1..5))
        [Text.Encoding]::UTF8.GetString($b.ReceivedPayload) | Should -Be 'hällo'
        $second | Step-StationHandshake $a
        $a.ReceivedPayload | Should -Be (1..5)
        (Get-ErrorOf { New-Initiator | Step-StationHandshake -Payload x }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'shows no secret anywhere' {
        $psk = 'f0e1d2c3b4a5968778695a4b3c2d1e0f' * 2
        $static = '7a' * 32
        $name = 'Noise_XXpsk3_25519_AESGCM_SHA256'
        $a = New-StationHandshake Initiator -NoiseProtocol $name -Psk $psk -StaticKey $static
        $b = New-StationHandshake Responder -NoiseProtocol $name -Psk $psk
        $verbose = & { $a | Step-StationHandshake -Verbose | Step-StationHandshake $b -Verbose | Step-StationHandshake $a -Verbose | Step-StationHandshake $b -Verbose } 4>&1 | Out-String
        $seen = (Get-Everything $a) + (Get-Everything ($a | Get-StationTranscript)) + $verbose -join "`n"
        foreach ($secret in $psk, $static) {
            $seen | Should -Not -Match $secret
            $seen | Should -Not -Match ([regex]::Escape([Convert]::ToBase64String([Convert]::FromHexString($secret))))
        }
        $seen | Should -Match $a.LocalStatic
    }

    It 'drives <Name> exactly as published' -ForEach $vectors {
        function Of($Name) { if ($Vector[$Name]) { [Convert]::FromHexString($Vector[$Name]) } }
        $pattern = ($Name -split '_')[1] -creplace '[a-z].*'
        $parameters = foreach ($side in 'init', 'resp') {
            $of = @{ NoiseProtocol = $Name; Role = @{ init = 'Initiator'; resp = 'Responder' }[$side]; Prologue = [byte[]](Of "${side}_prologue") }
            if ($Vector["${side}_static"]) { $of.StaticKey = Of "${side}_static" }
            if ($Vector["${side}_ephemeral"]) { $of.UnsafeEphemeralKey = Of "${side}_ephemeral" }
            if ($Vector["${side}_psks"]) { $of.Psk = @($Vector["${side}_psks"]) }

            # The vectors name the peer's key also where the handshake brings it; then it may not be given.
            $knows = if ($side -eq 'init') { $pattern -match 'K1?$' -or $pattern -in 'N', 'K', 'X' } else { $pattern -match '^K' }
            if ($knows) { $of.RemoteStatic = Of "${side}_remote_static" }
            $of
        }
        $initiator, $responder = $parameters.ForEach{ $of = $_; New-StationHandshake @of }
        $count = $initiator.MessageCount
        $writer, $reader = $initiator, $responder
        $message = $null
        foreach ($expected in $Vector.messages[0..($count - 1)]) {
            $payload = [Convert]::FromHexString($expected.payload)
            $message = if ($message) { $message | Step-StationHandshake $writer -Payload $payload } else { Step-StationHandshake $writer -Payload $payload }
            $message.ToHex() | Should -Be $expected.ciphertext
            $writer, $reader = $reader, $writer
        }
        $message | Step-StationHandshake $writer -PassThru | Should -Be $writer
        if ($Vector.handshake_hash) { $initiator.HandshakeHash, $responder.HandshakeHash | Should -Be @($Vector.handshake_hash, $Vector.handshake_hash) }

        $left, $right = $initiator, $responder | Complete-StationHandshake
        $isOneWay = $count -eq 1
        for ($i = $count; $i -lt $Vector.messages.Count; $i++) {
            $from, $to = if ($isOneWay -or $i % 2 -eq 0) { $left, $right } else { $right, $left }
            [Convert]::ToHexString($from.EncryptTransport([Convert]::FromHexString($Vector.messages[$i].payload))) | Should -Be $Vector.messages[$i].ciphertext
            [Convert]::ToHexString($to.DecryptTransport([Convert]::FromHexString($Vector.messages[$i].ciphertext))) | Should -Be $Vector.messages[$i].payload
        }
    }
}
