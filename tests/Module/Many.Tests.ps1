BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/CuttingProxy.ps1
    $command = 'SecureStation.Commands.SendStationMessageCommand'
}

Describe 'One sender, many receivers' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers -TrustMode Any
        $sessions = 1..3 | ForEach-Object { Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint @peers }
        $accepted = Wait-StationSession $listener -Count 3 -TimeoutSec 60
    }

    AfterEach {
        $sessions | Disconnect-Station -Force
        Get-StationListener | Stop-StationListener
    }

    It 'sends to several sessions, with one result each' {
        $results = 'deploy' | Send-StationMessage -Session $sessions
        $results.Count | Should -Be 3
        $results.Status | Should -Be 'Accepted', 'Accepted', 'Accepted'
        ($results.Session.Id | Sort-Object) | Should -Be ($sessions.Id | Sort-Object)
        (Receive-StationMessage -Listener $listener -Count 3 -TimeoutSec 60).Body | Should -Be 'deploy', 'deploy', 'deploy'
    }

    It 'keeps the order of each, and waits for delivery with -Wait' {
        $results = 1..50 | Send-StationMessage -Session $sessions -Wait
        $results.Count | Should -Be 150
        ($results | Group-Object Status).Name | Should -Be 'Delivered'
        foreach ($session in $accepted) { (Receive-StationMessage $session -Count 50 -TimeoutSec 60).Body | Should -Be (1..50) }
    }

    It 'is delayed by nobody who is gone' {
        $sessions[1] | Disconnect-Station -Force
        Wait-Until { $sessions[1].State -eq 'Closed' }
        $results = 'x', 'y' | Send-StationMessage -Session $sessions -Wait -ErrorAction SilentlyContinue -ErrorVariable failures
        $results.Count | Should -Be 6
        ($results | Where-Object Status -EQ Delivered).Count | Should -Be 4
        $failures.FullyQualifiedErrorId | Should -Be "SessionClosed,$command", "SessionClosed,$command"
        $failures[0].TargetObject.Session.Id | Should -Be $sessions[1].Id
    }

    It 'is delayed by nobody who is slow' {
        # Nobody receives: two messages fill the window of one, and its third waits. The others are received.
        $slow, $quick = $accepted[0], $accepted[1]
        $to = $sessions | Where-Object Id -In $slow.Id, $quick.Id
        $body = [byte[]]::new(1500000)
        $job = Start-ThreadJob { 1..6 | ForEach-Object { (Import-Module $using:root/SecureStation.psd1) ; (Receive-StationMessage $using:quick -TimeoutSec 60).Length } }
        $results = 1..6 | ForEach-Object { , $body } | Send-StationMessage -Session $to -Wait -TimeoutSec 10 -ErrorAction SilentlyContinue -ErrorVariable failures
        ($job | Wait-Job -Timeout 120 | Receive-Job) | Should -Be (1..6 | ForEach-Object { 1500000 })
        ($results | Where-Object { $_.Session.Id -eq $quick.Id }).Status | Should -Be (1..6 | ForEach-Object { 'Delivered' })
        ($results | Where-Object { $_.Session.Id -eq $slow.Id }).Status | Should -Contain 'Timeout'
    }

    It 'takes sessions from the pipeline, with -InputObject' {
        $results = Get-StationSession -Listener $listener | Send-StationMessage -InputObject 'bye' -Wait
        $results.Status | Should -Be 'Delivered', 'Delivered', 'Delivered'
        foreach ($session in $sessions) { (Receive-StationMessage $session -TimeoutSec 60).Body | Should -Be 'bye' }
    }

    It 'still sends a piped session as a body, and to one session without a word' {
        $sessions[0] | Send-StationMessage -Session $sessions[1] -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Receive-StationMessage -Listener $listener -TimeoutSec 60).Body.Id | Should -Be $sessions[0].Id
    }
}

Describe 'Groups' {
    BeforeEach {
        $peers = New-TestTrustStore
        $keys = @{}
        foreach ($name in 'a', 'b', 'c') {
            $keys[$name] = New-StationKeyPair
            Add-StationPeer $name -PublicKey $keys[$name].PublicKey -Accept @peers
        }

        $listener = Start-StationListener @peers
    }

    AfterEach {
        Get-StationSession | Disconnect-Station -Force
        Get-StationListener | Stop-StationListener
    }

    It 'are set for several peers at once, shown, completed and cleared' {
        Set-StationPeer a, b, c -Group ops @peers
        Set-StationPeer c -Group Ops, 'night-shift' @peers
        (Get-StationPeer -Group ops @peers).Name | Should -Be 'a', 'b', 'c'
        (Get-StationPeer -Group night* @peers).Name | Should -Be 'c'
        (Get-StationPeer c @peers).Groups | Should -Be 'night-shift', 'ops'
        (TabExpansion2 "Send-StationMessage -TrustStore '$($peers.TrustStore)' -Group o").CompletionMatches.CompletionText | Should -Be 'ops'
        Set-StationPeer a -Group @() @peers
        (Get-StationPeer -Group ops @peers).Name | Should -Be 'b', 'c'
        (Get-ErrorOf { Set-StationPeer a -Group 'two words' @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.SetStationPeerCommand'
        (Get-ErrorOf { Set-StationPeer a, b -NewName x @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.SetStationPeerCommand'
        (Get-ErrorOf { Set-StationPeer a, nobody -Group z @peers }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.SetStationPeerCommand'
        (Get-StationPeer a @peers).Groups | Should -Be 'z'
    }

    It 'get what is sent to them by the newest session of each member; who has none is SessionClosed' {
        Set-StationPeer a, b, c -Group ops @peers
        $old = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.a @peers
        $a = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.a @peers
        $b = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.b @peers
        Wait-Until { $listener.Sessions.Count -eq 3 }
        $results = 'deploy at 5' | Send-StationMessage -Group ops @peers -Wait -ErrorAction SilentlyContinue -ErrorVariable failures
        ($results | Sort-Object Peer).Status | Should -Be 'Delivered', 'Delivered', 'SessionClosed'
        $failures.FullyQualifiedErrorId | Should -Be "SessionClosed,$command"
        (Receive-StationMessage $a, $b -Count 2 -TimeoutSec 60).Body | Should -Be 'deploy at 5', 'deploy at 5'
        $old.InboxCount | Should -Be 0
        ($results | Format-Table | Out-String -Width 80) | Should -Match 'SessionClosed'
    }

    It 'give one receipt a member' {
        Set-StationPeer a, b -Group ops @peers
        $a = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.a @peers
        $b = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.b @peers
        Wait-Until { $listener.Sessions.Count -eq 2 }
        $receipts = 'one', 'two' | Send-StationMessage -Group ops -Receipt @peers
        $receipts.Count | Should -Be 4
        ($receipts | Group-Object Status).Name | Should -Be 'Delivered'
        ($receipts | Group-Object Peer | Sort-Object Name).Name | Should -Be 'a', 'b'
    }

    It 'say Unknown for a member that was lost while the message was on its way, and Delivered for the others' {
        Get-StationListener | Stop-StationListener
        $listener = Start-StationListener @peers -ResumeWindow 0:0:1
        Set-StationPeer a, b -Group ops @peers
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $a = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.a @peers
        $b = Connect-Station 127.0.0.1 $proxy.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.b -Reconnect @peers
        Wait-Until { $listener.Sessions.Count -eq 2 }
        $proxy.CutAfter(100)
        $proxy.IsShut = $true
        $results = 'x' * 5000 | Send-StationMessage -Group ops -Wait @peers -ErrorAction SilentlyContinue -ErrorVariable failures
        ($results | Sort-Object Peer).Status | Should -Be 'Delivered', 'Unknown'
        $failures.FullyQualifiedErrorId | Should -Be "Unknown,$command"
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
    }

    It 'send nothing again to members that join later' {
        Set-StationPeer a, c -Group ops @peers
        $a = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.a @peers
        Wait-Until { $listener.Sessions.Count -eq 1 }
        $null = 'before' | Send-StationMessage -Group ops -Wait @peers -ErrorAction SilentlyContinue
        $c = Connect-Station 127.0.0.1 $listener.Port -Fingerprint $listener.Fingerprint -KeyPair $keys.c @peers
        Wait-Until { $listener.Sessions.Count -eq 2 }
        $null = 'after' | Send-StationMessage -Group ops -Wait @peers
        (Receive-StationMessage $c -TimeoutSec 60).Body | Should -Be 'after'
        (Receive-StationMessage $a -Count 2 -TimeoutSec 60).Body | Should -Be 'before', 'after'
    }

    It 'that nobody is in are an error' {
        (Get-ErrorOf { 'x' | Send-StationMessage -Group nobody @peers }).FullyQualifiedErrorId | Should -Be "NotFound,$command"
    }
}

Describe 'Many connects at once' {
    It 'writes the sessions that come to be, and an error for each peer that does not' {
        $peers = New-TestTrustStore
        $listeners = 1..3 | ForEach-Object { Start-StationListener @peers -TrustMode Any }
        $rows = @($listeners | Select-Object @{ n = 'HostName'; e = { '127.0.0.1' } }, Port, Fingerprint)
        $wrong = [pscustomobject]@{ HostName = '127.0.0.1'; Port = $listeners[0].Port; Fingerprint = (New-StationKeyPair).Fingerprint }
        $file = Join-Path $TestDrive peers.csv
        @($rows[0], $wrong, $rows[1], $rows[2]) | Export-Csv $file
        $sessions = Import-Csv $file | Connect-Station -ThrottleLimit 32 @peers -ErrorAction SilentlyContinue -ErrorVariable failures
        $sessions.Count | Should -Be 3
        ($sessions.RemoteFingerprint | Sort-Object) | Should -Be ($listeners.Fingerprint | Sort-Object)
        $failures.FullyQualifiedErrorId | Should -Be 'PeerUntrusted,SecureStation.Commands.ConnectStationCommand'
        $failures[0].TargetObject | Should -Be "127.0.0.1:$($wrong.Port)"
        $sessions | Disconnect-Station
        $listeners | Stop-StationListener
    }

    It 'is not held up by who does not answer' {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers -TrustMode Any
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $rows = $silent.LocalEndpoint.Port, $listener.Port | ForEach-Object { [pscustomobject]@{ HostName = '127.0.0.1'; Port = $_; Fingerprint = $listener.Fingerprint } }
        $session = $rows | Connect-Station -ThrottleLimit 2 -TimeoutSec 60 @peers | Select-Object -First 1
        $session.State | Should -Be 'Open'
        $silent.Stop()
        $session | Disconnect-Station
        $listener | Stop-StationListener
    }
}
