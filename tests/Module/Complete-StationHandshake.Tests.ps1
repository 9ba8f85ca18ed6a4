BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1

    # Two streams that are connected with each other.
    function New-StreamPair {
        $server = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $server.Start()
        $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $server.LocalEndpoint.Port)
        $client.GetStream()
        $server.AcceptTcpClient().GetStream()
        $server.Stop()
    }
}

Describe 'Complete-StationHandshake' {
    AfterEach { Get-StationSession | Disconnect-Station -Force }

    It 'gives a session without a connection, which says so' {
        $pair = New-SessionPair
        $pair.Left.Id | Should -Be $pair.Right.Id
        $failure = Get-ErrorOf { 'x' | Send-StationMessage $pair.Left }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
        "$failure" | Should -BeLike '*Protect-StationMessage*'
        $pair.Left | Disconnect-Station
        (Get-ErrorOf { 'x' | Protect-StationMessage $pair.Left }).FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
    }

    It 'refuses a handshake that has messages to come' {
        (Get-ErrorOf { New-Initiator | Complete-StationHandshake }).FullyQualifiedErrorId | Should -Be 'InvalidState,SecureStation.Commands.CompleteStationHandshakeCommand'
    }

    It 'goes on over a stream, after Welcome' {
        $a, $b = (New-Initiator), (New-Responder)
        Invoke-Handshake $a $b
        $left, $right = New-StreamPair
        $job = Start-ThreadJob { Import-Module $using:root/SecureStation.psd1; $using:b | Complete-StationHandshake -Stream $using:right -TimeoutSec 10 }
        $alice = $a | Complete-StationHandshake -Stream $left -TimeoutSec 10
        $bob = $job | Receive-Job -Wait
        'live' | Send-StationMessage $alice -Wait
        (Receive-StationMessage $bob -TimeoutSec 5).Body | Should -Be 'live'
        Get-StationSession | Should -Contain $alice
        'aside' | Protect-StationMessage $alice | Unprotect-StationMessage $bob | ForEach-Object Body | Should -Be 'aside'
    }

    It 'gives up on a peer that sends no Welcome' {
        $a, $b = (New-Initiator), (New-Responder)
        Invoke-Handshake $a $b
        $left, $right = New-StreamPair
        (Get-ErrorOf { $a | Complete-StationHandshake -Stream $left -TimeoutSec 0.3 }).FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        $right.Dispose()
    }

    It 'takes no raw Noise over a stream' {
        $name = 'Noise_NN_25519_AESGCM_SHA256'
        $a = New-StationHandshake Initiator -NoiseProtocol $name
        Invoke-Handshake $a (New-StationHandshake Responder -NoiseProtocol $name)
        (Get-ErrorOf { $a | Complete-StationHandshake -Stream ([IO.MemoryStream]::new()) }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }
}
