BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Invoke-DhExchange' {
    Context 'with a key pair and a public key' {
        BeforeAll {
            $a = New-DhKeyPair -Group ffdhe3072
            $b = New-DhKeyPair -Group ffdhe3072
        }

        It 'gives both sides the same secret, as long as the prime' {
            $ab = Invoke-DhExchange -KeyPair $a -PeerPublicKey $b.PublicKey
            $ba = Invoke-DhExchange $b $a
            $ab.ToHex() | Should -Be $ba.ToHex()
            $ab.ToHex().Length | Should -Be 768
            $ab.Length | Should -Be 384
            $ab.Key | Should -BeNullOrEmpty
        }

        It 'takes public keys from the pipeline: objects, key pairs, PEM text' {
            $expected = (Invoke-DhExchange $a $b).ToHex()
            ($b.PublicKey, $b, $b.PublicKey.ToPem() | Invoke-DhExchange -KeyPair $a).ToHex() | Should -Be $expected, $expected, $expected
            ([pscustomobject]@{ PublicKey = $b.PublicKey } | Invoke-DhExchange -KeyPair $a).ToHex() | Should -Be $expected
        }

        It 'refuses keys of other groups, and goes on' {
            $good = (New-DhKeyPair -Group modp2048), $b | Invoke-DhExchange -KeyPair $a -ErrorAction SilentlyContinue -ErrorVariable problem
            $good | Should -HaveCount 1
            $problem.FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.InvokeDhExchangeCommand'
            (Get-ErrorOf { Invoke-DhExchange (New-DhKeyPair) $b }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.InvokeDhExchangeCommand'
        }

        It 'refuses text that is no public key, by a typed error' {
            (Get-ErrorOf { Invoke-DhExchange $a 'nonsense' }).FullyQualifiedErrorId | Should -Be 'InvalidKey,SecureStation.Commands.InvokeDhExchangeCommand'
        }

        It 'shows the secret only when asked for' {
            $secret = Invoke-DhExchange $a $b
            $hex = $secret.ToHex()
            $seen = Get-Everything $secret | Out-String
            $seen | Should -Not -BeLike "*$($hex.Substring(0, 24))*"
            $seen | Should -Not -BeLike "*$([Convert]::ToBase64String($secret.ToBytes()).Substring(0, 24))*"
            $verbose = (Invoke-DhExchange $a $b -Verbose -Debug 4>&1 5>&1) | Out-String
            $verbose | Should -Not -BeLike "*$($hex.Substring(0, 24))*"
            $secret.ToHex() | Should -Be $hex
        }

        It 'wipes the secret when it is disposed' {
            $secret = Invoke-DhExchange $a $b
            $secret.Dispose()
            { $secret.ToHex() } | Should -Throw
        }
    }

    Context 'with a server of the old program' -Skip:(-not $hasLegacy) {
        BeforeAll { $server = Start-DhServer -AllowLegacy -Port 0 -WarningAction Ignore }
        AfterAll { $server | Stop-DhServer }

        It 'is refused without -AllowLegacy' {
            $problem = Get-ErrorOf { Invoke-DhExchange -HostName 127.0.0.1 -Port $server.Port }
            $problem.FullyQualifiedErrorId | Should -Be 'LegacyNotAllowed,SecureStation.Commands.InvokeDhExchangeCommand'
            $problem.CategoryInfo.Category | Should -Be 'SecurityError'
        }

        It 'gets the server''s secret, and warns once' {
            $mine = Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $server.Port -WarningVariable warning -WarningAction SilentlyContinue
            $theirs = $server | Receive-DhExchange -TimeoutSec 10
            $mine.ToHex() | Should -Be $theirs.ToHex()
            $warning | Should -HaveCount 1
            $mine.RemoteAddress | Should -Be "127.0.0.1:$($server.Port)"
        }

        It 'refuses a server with other parameters than expected' {
            $problem = Get-ErrorOf { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $server.Port -Parameter (New-DhParameter modp2048) -WarningAction Ignore }
            $problem.FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.InvokeDhExchangeCommand'
        }

        It 'says when nobody is there, and when nobody answers in time' {
            $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $silent.Start()
            $port = $silent.LocalEndpoint.Port
            (Get-ErrorOf { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $port -TimeoutSec 0.3 -WarningAction Ignore }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.InvokeDhExchangeCommand'
            $silent.Stop()
            (Get-ErrorOf { Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $port -WarningAction Ignore }).FullyQualifiedErrorId | Should -Be 'ConnectFailed,SecureStation.Commands.InvokeDhExchangeCommand'
        }

        It 'obeys Ctrl+C' {
            $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $silent.Start()
            $shell = [powershell]::Create().AddScript("Import-Module '$root/SecureStation.psd1'; Invoke-DhExchange -AllowLegacy -HostName 127.0.0.1 -Port $($silent.LocalEndpoint.Port) -TimeoutSec -1")
            $null = $shell.BeginInvoke()
            while (-not $silent.Pending()) { Start-Sleep -Milliseconds 20 }
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 20.5
            $shell.Dispose()
            $silent.Stop()
        }
    }

    Context 'inside a session' {
        BeforeAll {
            $pair = New-StationLoopback
            $manifest = Join-Path $root SecureStation.psd1
        }

        AfterAll { $pair.Left, $pair.Right | Disconnect-Station }

        It 'gives both sides the secret and the key bound to the session: <_>' -ForEach 'default', 'X25519', 'modp2048' {
            $peer = $pair.Right
            $answer = Start-ThreadJob { Import-Module $using:manifest; $using:peer | Receive-DhExchange -TimeoutSec 30 }
            $own = if ($_ -eq 'default') { @{} } else { @{ KeyPair = New-DhKeyPair -Group $_ } }
            $mine = Invoke-DhExchange -Session $pair.Left @own
            $theirs = $answer | Receive-Job -Wait
            $mine.GroupName | Should -Be $(if ($_ -eq 'default') { 'ffdhe3072' } else { $_ })
            $mine.ToHex() | Should -Be $theirs.ToHex()
            $mine.Key.ToHex() | Should -Be $theirs.Key.ToHex()
            $mine.Key.Length | Should -Be 32
            Get-Everything $mine | Out-String | Should -Not -BeLike "*$($mine.Key.ToHex())*"
        }

        It 'says that the peer does not receive exchanges' {
            $other = New-StationLoopback
            (Get-ErrorOf { $other.Left | Invoke-DhExchange -TimeoutSec 0.5 }).FullyQualifiedErrorId | Should -BeIn 'UnknownService,SecureStation.Commands.InvokeDhExchangeCommand', 'Timeout,SecureStation.Commands.InvokeDhExchangeCommand'
            (Get-ErrorOf { $other.Left | Invoke-DhExchange -TimeoutSec 10 }).FullyQualifiedErrorId | Should -Be 'UnknownService,SecureStation.Commands.InvokeDhExchangeCommand'
            $other.Left | Disconnect-Station
            (Get-ErrorOf { $other.Left | Invoke-DhExchange -TimeoutSec 10 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.InvokeDhExchangeCommand'
        }
    }
}
