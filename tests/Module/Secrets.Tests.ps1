# Nothing that PowerShell does with an object of its own accord takes a secret along: showing it, storing it, sending it to another thread
# or process. One sample of each public type that a script can get; of the types that are only met in .NET, what their properties could carry.
BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
    $module = Join-Path $root SecureStation.psd1
    $secrets = [ordered]@{}
    $samples = [Collections.Generic.List[object]]::new()

    function Get-PrivateDer([string] $Pem) { , [Convert]::FromBase64String((($Pem -split "`n") -notmatch '-----' -join '')) }

    # The ways in which bytes are written; a part of them would do as much harm, so 16 bytes are looked for.
    function Get-Spelling([byte[]] $Bytes) {
        $hex = [Convert]::ToHexString($Bytes, 0, [Math]::Min(16, $Bytes.Length))
        $hex
        $hex -replace '(..)(?!$)', '$1-'
        $base64 = [Convert]::ToBase64String($Bytes).Substring(0, 20)
        $base64
        $base64.Replace('+', '-').Replace('/', '_')
        foreach ($separator in ' ', ',', ', ', "`n") { $Bytes[0..11] -join $separator }
    }

    # Station keys, in memory, in a store, in a file.
    $store = New-TestKeyStore
    $passphrase = 'correct horse battery staple'
    foreach ($algorithm in 'Ed25519', 'P256', 'Rsa') {
        $key = New-StationKeyPair -Name "key$algorithm" -Algorithm $algorithm @store
        $der = Get-PrivateDer (Get-Content -Raw (Join-Path $store.KeyStore "key$algorithm.pem"))
        $secrets["private key $algorithm"] = if ($algorithm -eq 'P256') { $der[36..67] } else { $der[($der.Length - 32)..($der.Length - 1)] }
        $samples.AddRange(@($key, $key.PublicKey))
    }

    $null = New-StationKeyPair -Name locked -Passphrase $passphrase @store
    $secrets.passphrase = [Text.Encoding]::UTF8.GetBytes($passphrase)
    $samples.AddRange(@(Get-StationKeyPair @store))
    $samples.Add((Get-StationKeyPair locked -Open -Passphrase $passphrase @store))

    # Diffie-Hellman.
    foreach ($group in 'ffdhe2048', 'X25519') {
        $mine, $theirs = (New-DhKeyPair -Group $group), (New-DhKeyPair -Group $group)
        $mine | Export-DhKeyPair "$TestDrive/$group.pem"
        $der = Get-PrivateDer (Get-Content -Raw "$TestDrive/$group.pem")
        $secrets["private key $group"] = $der[($der.Length - 24)..($der.Length - 1)]
        $secret = Invoke-DhExchange $mine $theirs
        $secrets["secret $group"] = $secret.ToBytes()
        $derived = $secret | ConvertTo-DhDerivedKey
        $secrets["derived key $group"] = $derived.ToBytes()
        $samples.AddRange(@($mine, $mine.PublicKey, $secret, $derived))
    }

    # A listener with an invitation, a session, what is said in it, and a secret bound to it.
    $trust = New-TestTrustStore
    $listener = Start-StationListener -Port 0 -KeyPair keyEd25519 @store @trust
    $invitation = New-StationInvitation -Listener $listener
    $psk = [regex]::Match($invitation.Reveal(), 'psk=([^&]+)').Groups[1].Value.Replace('-', '+').Replace('_', '/')
    $secrets.'invitation' = [Convert]::FromBase64String($psk.PadRight(44, '='))
    $session = Connect-Station $invitation @trust
    $receipt = 'hello' | Send-StationMessage -Session $session -Receipt
    $message = Receive-StationMessage -Listener $listener -TimeoutSec 30
    $binding = Get-StationChannelBinding -Session $session -Label test
    $secrets.'channel binding' = $binding.ToBytes()
    $other = $message.Session
    $theirs = Start-ThreadJob { Import-Module $using:module; Receive-DhExchange -Session $using:other -TimeoutSec 30 }
    $agreed = Invoke-DhExchange -Session $session -TimeoutSec 30
    $null = $theirs | Receive-Job -Wait
    $secrets.'secret of a session' = $agreed.ToBytes()
    $secrets.'key of a session' = $agreed.Key.ToBytes()
    $protected = 'secret text' | Protect-StationMessage -Session $session
    $samples.AddRange(@($listener, $invitation, $session, $receipt, $message, $binding, $agreed, $protected, ($session | Get-StationTranscript)))
    $samples.AddRange(@(Get-StationPeer @trust))
    $loopback = New-StationLoopback
    $samples.Add($loopback)

    # Handshakes by hand, between steps and complete, and raw Noise with keys that were given.
    $initiator, $responder = (New-Initiator), (New-Responder)
    $samples.Add((Step-StationHandshake $initiator | Step-StationHandshake $responder))
    $samples.AddRange(@($initiator, $responder))
    $secrets.'static key' = 1..32
    $secrets.'pre-shared key' = 101..132
    $raw = New-StationHandshake Initiator -NoiseProtocol Noise_NNpsk0_25519_AESGCM_SHA256 -Psk (, [byte[]](101..132))
    $static = New-StationHandshake Initiator -NoiseProtocol Noise_XX_25519_AESGCM_SHA256 -StaticKey ([byte[]](1..32))
    $samples.AddRange(@($raw, $static, ($raw | Step-StationHandshake)))
    $noiseKey = (Get-Command New-StationHandshake).Parameters['StaticKey'].ParameterType
    $samples.AddRange(@($noiseKey::new([byte[]](1..32)), $noiseKey::new([Convert]::ToHexString([byte[]](1..32)))))
    $samples.Add([StationNoiseKeyPair]::FromPrivateKey([byte[]](1..32)))

    # A notary, whose certificate has a private key.
    $certificate = New-StationNotaryCertificate -Algorithm EcdsaP256
    $secrets.'key of a certificate' = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($certificate).ExportParameters($true).D
    $notary = Start-StationNotary -Port 0 -Certificate $certificate -LogPath "$TestDrive/notary.log" -KeyPair keyRsa @store
    Set-Content "$TestDrive/contract.txt" 'a contract'
    $samples.AddRange(@($notary, (Request-StationTimestamp "$TestDrive/contract.txt" -Uri $notary.Uri), (Get-StationNotaryLog "$TestDrive/notary.log")))

    # Old protocols: their keys, and what -IncludeSecret alone may show.
    if ($hasLegacy) {
        $old = @{ AllowLegacy = $true; Protocol = 'AesChat'; WarningAction = 'Ignore' }
        $chat = Start-StationListener -Port 0 @old
        $chatter = Connect-Station -HostName 127.0.0.1 -Port $chat.Port @old
        foreach ($step in $chatter | Get-StationTranscript -IncludeSecret) {
            foreach ($name in $step.Secrets.Keys) { $secrets["$($step.Name) $name of AesChat"] = [Text.Encoding]::UTF8.GetBytes($step.Secrets[$name]) }
        }

        $samples.AddRange(@($chat, $chatter) + @($chatter | Get-StationTranscript))
        $rsa = [Security.Cryptography.RSA]::Create(2048)
        Set-Content "$TestDrive/old.pem" $rsa.ExportPkcs8PrivateKeyPem()
        $secrets.'key of the old notary' = $rsa.ExportParameters($true).D
        $samples.Add((Import-StationKeyPair "$TestDrive/old.pem" -Protocol DocumentNotary))
    }

    # The names under which objects of another process would be found again are the same everywhere, so one pattern will do.
    $spellings = foreach ($name in $secrets.Keys) {
        foreach ($spelling in Get-Spelling $secrets[$name]) { [pscustomobject]@{ Name = $name; Text = $spelling } }
    }
    $spellings += [pscustomobject]@{ Name = 'passphrase'; Text = $passphrase }

    function Get-Leak([string] $Shown) {
        $spellings.Where{ $Shown.Contains($_.Text, 'OrdinalIgnoreCase') }.Name | Sort-Object -Unique
    }
}

AfterAll {
    Get-StationSession | Disconnect-Station -Force
    Get-StationListener | Stop-StationListener
    Get-StationNotary | Stop-StationNotary
}

Describe 'Secrets' {
    It 'would be found by these tests' {
        foreach ($bytes in $secrets.Values) {
            Get-Leak ($bytes | ConvertTo-Json -Compress) | Should -Not -BeNullOrEmpty
            Get-Leak ([pscustomobject]@{ X = [Convert]::ToHexString($bytes).ToLowerInvariant() } | Format-List | Out-String -Width 20000) | Should -Not -BeNullOrEmpty
        }
    }

    It 'are not shown' {
        foreach ($sample in $samples) {
            Get-Leak ((Get-Everything $sample) -join "`n") | Should -BeNullOrEmpty -Because "of a $($sample.GetType().Name)"
            Get-Leak ($sample | ConvertTo-Json -Depth 6 -WarningAction Ignore) | Should -BeNullOrEmpty -Because "of a $($sample.GetType().Name)"
            Get-Leak ($sample | Get-Member -Force | Out-String) | Should -BeNullOrEmpty -Because "of a $($sample.GetType().Name)"
        }
    }

    It 'do not go into CLIXML, which jobs and remoting use' {
        foreach ($sample in $samples) {
            $sample | Export-Clixml "$TestDrive/one.xml" -Depth 4
            Get-Leak (Get-Content -Raw "$TestDrive/one.xml") | Should -BeNullOrEmpty -Because "of a $($sample.GetType().Name)"
        }
    }

    It 'do not come out of a thread job that was given the object' {
        $shown = Start-ThreadJob { $using:samples | Format-List * -Force | Out-String -Width 20000; foreach ($one in $using:samples) { "$one" } } | Receive-Job -Wait -ErrorAction Ignore
        $shown | Should -Not -BeNullOrEmpty
        Get-Leak ($shown -join "`n") | Should -BeNullOrEmpty
    }

    It 'do not reach a second process' {
        $samples | Export-Clixml "$TestDrive/all.xml" -Depth 4
        $program = [Environment]::ProcessPath
        $arguments = @(if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll }) + '-NoProfile', '-Command', '-'
        $text = "`$all = Import-Clixml '$TestDrive/all.xml'; `$all | Format-List * -Force | Out-String -Width 20000; `$all | ConvertTo-Json -Depth 6 -WarningAction Ignore; exit"
        $shown = $text | & $program @arguments
        $LASTEXITCODE | Should -Be 0
        @($shown).Count | Should -BeGreaterThan $samples.Count
        Get-Leak ($shown -join "`n") | Should -BeNullOrEmpty
    }

    It 'have a sample of every type that gives one by a method' {
        $met = foreach ($sample in $samples) { for ($type = $sample.GetType(); $type; $type = $type.BaseType) { $type } }
        $types = [StationKeyPair].Assembly.GetExportedTypes() + (Get-Command Connect-Station).ImplementingType.Assembly.GetExportedTypes()
        $giving = $types.Where{ $_.IsClass -and $_.GetMethods([Reflection.BindingFlags]'Public, Instance').Name.Where{ $_ -in 'Reveal', 'ToHex', 'ExportPem', 'DeriveKey' } }
        # A fingerprint is no secret.
        $giving.Where{ $_ -notin $met }.Name | Should -BeIn 'Fingerprint'
    }

    It 'have no property of bytes or characters in any other public type' {
        $types = [StationKeyPair].Assembly.GetExportedTypes() + (Get-Command Connect-Station).ImplementingType.Assembly.GetExportedTypes()
        $raw = [byte[]], [char[]], [securestring], [Collections.Generic.IReadOnlyList[byte]]
        # Parameters of a cmdlet are the caller's own; a handshake's payload is what the peer sent for the caller.
        $properties = $types.Where{ -not $_.IsSubclassOf([Management.Automation.Cmdlet]) }.ForEach{ $_.GetProperties([Reflection.BindingFlags]'Public, Instance') }.Where{ $_.CanRead -and $_.PropertyType -in $raw }
        $properties.ForEach{ "$($_.DeclaringType.Name).$($_.Name)" } | Sort-Object -Unique | Should -BeIn 'ManualHandshake.ReceivedPayload'
    }

    It 'are no members that Types.ps1xml adds' {
        foreach ($file in Get-ChildItem (Join-Path $root bin) -Filter *.Types.ps1xml) {
            foreach ($member in ([xml](Get-Content -Raw $file)).SelectNodes('//ScriptProperty')) {
                $type = $member.SelectSingleNode('ancestor::Type/Name').InnerText
                if ($type -like '*.Fingerprint') { continue }
                $member.InnerText | Should -Not -Match 'ToHex\(\)|ToBytes|Reveal|DeriveKey|Export' -Because $type
            }
        }
    }
}
