BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $quiet = @{ AllowLegacy = $true; WarningAction = 'SilentlyContinue' }
}

Describe 'The old chats' -Skip:(-not $hasLegacy) {
    AfterEach {
        Get-StationSession | Disconnect-Station -Force -ErrorAction Ignore
        Get-StationListener | Stop-StationListener
    }

    It '<Protocol> is refused without -AllowLegacy, naming what is insecure' -ForEach @(
        @{ Protocol = 'IdeaStation'; Weakness = 'same 16 bytes' }
        @{ Protocol = 'AesChat'; Weakness = 'in clear' }
    ) {
        $failure = Get-ErrorOf { Start-StationListener -Protocol $Protocol }
        $failure.FullyQualifiedErrorId | Should -Be 'LegacyNotAllowed,SecureStation.Commands.StartStationListenerCommand'
        "$failure" | Should -BeLike "*$Weakness*"
        $failure = Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port 1 -Protocol $Protocol }
        $failure.FullyQualifiedErrorId | Should -Be 'LegacyNotAllowed,SecureStation.Commands.ConnectStationCommand'
        "$failure" | Should -BeLike "*$Weakness*"
    }

    It 'warns once, whatever the number of protocols' {
        $null = Start-StationListener -Port 0 -Protocol Station, IdeaStation, AesChat -AllowLegacy -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 1
    }

    It '<Protocol>: the same cmdlets, text only, and IsSecure False in the view' -ForEach @(@{ Protocol = 'IdeaStation' }, @{ Protocol = 'AesChat' }) {
        $listener = Start-StationListener -Port 0 -Protocol $Protocol @quiet
        $session = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Protocol $Protocol -DisplayName Alice @quiet
        'hello' | Send-StationMessage -Session $session
        $message = Receive-StationMessage -Listener $listener -TimeoutSec 10
        $message.Body | Should -Be 'hello'
        $message.Sender | Should -Be 'Alice'
        'hi' | Send-StationMessage -InReplyTo $message
        (Receive-StationMessage -Session $session -TimeoutSec 10).Body | Should -Be 'hi'
        $session.IsSecure | Should -BeFalse
        $session | Out-String | Should -Match 'IsSecure'
        # The view has room for seven letters of it.
        $session | Format-Table | Out-String | Should -Match "False\s+$($Protocol.Substring(0, 7))"
        (Get-ErrorOf { @{ a = 1 } | Send-StationMessage -Session $session }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'marks what a chat server passed on' {
        $listener = Start-StationListener -Port 0 -Protocol AesChat @quiet
        $where = @{ HostName = '127.0.0.1'; Port = $listener.Port; Protocol = 'AesChat' } + $quiet
        $alice = Connect-Station @where -DisplayName Alice
        $bob = Connect-Station @where -DisplayName Bob
        1..2 | ForEach-Object { $null = $listener | Wait-StationSession -TimeoutSec 10 }
        'hello' | Send-StationMessage -Session $alice
        $message = Receive-StationMessage -Session $bob -TimeoutSec 10
        $message.Body | Should -Be 'hello'
        $message.Sender | Should -Be 'Alice'
        $message.IsBroadcast | Should -BeTrue
    }

    It '<Protocol>: shows the key transport, its secrets only when asked' -ForEach @(
        @{ Protocol = 'IdeaStation'; Steps = 'PublicKey', 'Yes', 'Digest', 'SessionValue'; Secret = 'Keystream' }
        @{ Protocol = 'AesChat'; Steps = 'PublicKey', 'SessionValue', 'Confirmation', 'Ready', 'Name'; Secret = 'AesKey' }
    ) {
        $listener = Start-StationListener -Port 0 -Protocol $Protocol @quiet
        $session = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Protocol $Protocol @quiet
        $transcript = $session | Get-StationTranscript
        $transcript.Name | Should -Be $Steps
        $told = $session | Get-StationTranscript -IncludeSecret
        $value = @($told.Secrets | Where-Object { $_.Count })[0][$Secret]
        $value.Length | Should -Be 32
        (Get-Everything $transcript) -join "`n" | Should -Not -BeLike "*$value*"
        $told | Out-String -Width 300 | Should -BeLike "*$value*"
    }

    It 'gives no secret of a station session' {
        $pair = New-StationLoopback
        (Get-ErrorOf { $pair.Left | Get-StationTranscript -IncludeSecret }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'takes no identity and checks none' {
        (Get-ErrorOf { Start-StationListener -Protocol IdeaStation -KeyPair (New-StationKeyPair) @quiet }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        $fingerprint = (New-StationKeyPair).Fingerprint
        (Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port 1 -Protocol AesChat -Fingerprint $fingerprint @quiet }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { Start-StationListener -Protocol AesChat -KeySize 1111 @quiet }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'takes a key of its own from a file, and none of the key store' {
        $keys = New-TestKeyStore
        $null = New-StationKeyPair -Name mine -Algorithm Rsa -KeySize 2048 @keys
        (Get-ErrorOf { Start-StationListener -Protocol AesChat -LegacyKeyPath "$($keys.KeyStore)/mine.pem" @quiet }).FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
        $rsa = [Security.Cryptography.RSA]::Create(2048)
        Set-Content "$TestDrive/own.pem" $rsa.ExportRSAPrivateKeyPem()
        $listener = Start-StationListener -Port 0 -Protocol AesChat -LegacyKeyPath "$TestDrive/own.pem" @quiet
        (Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Protocol AesChat @quiet).Protocol | Should -Be 'AesChat'
    }

    It 'completes the protocols there are' {
        (TabExpansion2 'Connect-Station -HostName h -Port 1 -Protocol ').CompletionMatches.CompletionText | Should -Be 'Station', 'AesChat', 'IdeaStation'
    }

    It 'the attacks of about_LegacyProtocols succeed' {
        $text = Get-Content -Raw $root/docs/en-US/about_LegacyProtocols.md
        $attacks = [regex]::Match($text, '(?s)## THE ATTACKS(.*?)\n## ').Groups[1].Value
        $code = ($attacks -split '\n' | Where-Object { $_ -match '^    ' }) -join "`n"
        Push-Location $root
        try {
            $told = & ([scriptblock]::Create($code))
        }
        finally {
            Pop-Location
        }

        $told | ForEach-Object { $_.PSObject.Properties['Body'] ? $_.Body : "$_" } | Should -Be @(
            'Alice : hello', 'Alice : a longer message than sixteen bytes'
            'Alice : jello', 'Alice : a longer message than sixteen bytes'
            'pay Mallory 100', '1234567887654321', '4711', 'True')
    }
}
