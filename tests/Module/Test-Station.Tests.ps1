BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Test-Station' {
    BeforeAll {
        $server = New-StationKeyPair
        $listener = Start-StationListener -Port 0 -KeyPair $server
        $trust = New-TestTrustStore
    }

    AfterAll { $listener | Stop-StationListener }

    It 'says whether a station answers, and trusts nothing' {
        $before = @(Get-StationSession)
        Test-Station 127.0.0.1 $listener.Port @trust | Should -BeTrue
        $report = Test-Station -HostName 127.0.0.1 -Port $listener.Port -Detailed @trust
        $report.PeerFingerprint | Should -Be "$($server.Fingerprint)"
        $report.IsTrusted | Should -BeFalse
        $report.Stages.Name | Should -Be 'Resolve', 'Connect', 'Message1', 'Message2', 'Trust', 'Message3', 'Welcome'
        Get-StationPeer @trust | Should -BeNullOrEmpty
        $listener.Sessions | Should -BeNullOrEmpty
        Get-StationSession | Where-Object { $_ -notin $before } | Should -BeNullOrEmpty
    }

    It 'goes on to Welcome where the key is trusted and an identity is given' {
        $report = Test-Station 127.0.0.1 $listener.Port -Fingerprint $server.Fingerprint -KeyPair (New-StationKeyPair) -Detailed @trust
        $report.FailedStage | Should -Be 'Welcome'
        $report.Error.Fault | Should -Be 'PeerRefused'
    }

    It 'writes one bool for each input' {
        $rows = [pscustomobject]@{ HostName = '127.0.0.1'; Port = $listener.Port }, [pscustomobject]@{ HostName = '127.0.0.1'; Port = 1 }
        $rows | Test-Station @trust | Should -Be $true, $false
    }

    It 'takes host:port, a peer''s name, and a record down the pipeline' {
        $peers = New-TestTrustStore
        Add-StationPeer server -PublicKey $server.PublicKey -Address "127.0.0.1:$($listener.Port)" @peers
        Test-Station "127.0.0.1:$($listener.Port)" @peers | Should -BeTrue
        Test-Station -Peer server @peers | Should -BeTrue
        (Get-StationPeer server @peers | Test-Station -Detailed).IsTrusted | Should -BeTrue
        (Get-ErrorOf { Test-Station 127.0.0.1 @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.TestStationCommand'
        (Get-ErrorOf { Test-Station @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.TestStationCommand'
    }

    It 'tries several suites, by a connection each' {
        $classical = 'Noise_XX_25519_AESGCM_SHA256'
        $hybrid = 'Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256'
        (Test-Station 127.0.0.1 $listener.Port -Detailed @trust).Suite | Should -Be $hybrid
        Test-Station 127.0.0.1 $listener.Port -Suite $hybrid, $classical @trust | Should -BeTrue
        $old = Start-StationListener -Suite $classical -TrustStore $trust.TrustStore
        try {
            Test-Station 127.0.0.1 $old.Port -Suite $classical, $hybrid @trust | Should -BeFalse
            $reports = Test-Station 127.0.0.1 $old.Port -Suite $classical, $hybrid -Detailed @trust
            $reports.Suite | Should -Be $classical, $hybrid
            $reports.IsAnswering | Should -Be $true, $false
            $reports[1].FailedStage | Should -Be 'Message2'
            $reports[1].Error.PeerHint | Should -Be 'UnsupportedSuite'
        } finally {
            $old | Stop-StationListener
        }

        $before = $listener.HandshakesFailed
        (Get-ErrorOf { Test-Station 127.0.0.1 $listener.Port -Suite $hybrid, nonsense @trust }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.TestStationCommand'
        $listener.HandshakesFailed | Should -Be $before
    }

    It 'is false for another key, for silence and for an unknown name, in the time given' {
        Test-Station 127.0.0.1 $listener.Port -Fingerprint (New-StationKeyPair).Fingerprint @trust | Should -BeFalse
        (Test-Station no-such-host.invalid 1 -Detailed @trust).FailedStage | Should -Be 'Resolve'
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $time = [Diagnostics.Stopwatch]::StartNew()
        (Test-Station 127.0.0.1 $silent.LocalEndpoint.Port -TimeoutSec 0.5 -Detailed @trust).FailedStage | Should -Be 'Message2'
        $time.Elapsed.TotalSeconds | Should -BeLessThan 20
        $silent.Stop()
    }

    It 'ends by Ctrl+C' {
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $shell = [powershell]::Create().AddScript("Import-Module '$root/SecureStation.psd1'; Test-Station 127.0.0.1 $($silent.LocalEndpoint.Port) -TimeoutSec 60")
        $null = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 1500
        $time = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $time.Elapsed.TotalSeconds | Should -BeLessThan 20
        $shell.Dispose()
        $silent.Stop()
    }
}
