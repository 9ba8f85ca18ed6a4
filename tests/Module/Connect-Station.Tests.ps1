BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Connect-Station' {
    BeforeEach {
        $peers = New-TestTrustStore
        $keys = New-TestKeyStore
        $listener = Start-StationListener @peers
        $where = @{ HostName = '127.0.0.1'; Port = $listener.Port }
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    Context 'by invitation' {
        It 'takes the object' {
            $session = Connect-Station $listener.Invitation @peers
            $session.State | Should -Be 'Open'
            $session.RemoteFingerprint | Should -Be $listener.Fingerprint
            $session.TrustBasis | Should -Be 'Invitation'
            $session.IsLocalKeyTemporary | Should -BeTrue
        }

        It 'takes the URI by position, and asks for no port' {
            (Connect-Station $listener.Invitation.Reveal() @peers).State | Should -Be 'Open'
        }

        It 'takes the listener, the invitation and the URI from the pipeline' {
            ($listener | Connect-Station @peers).State | Should -Be 'Open'
            (New-StationInvitation $listener | Connect-Station @peers).State | Should -Be 'Open'
            (New-StationInvitation $listener -AsPlainText | Connect-Station @peers).State | Should -Be 'Open'
        }

        It 'takes a file' {
            New-StationInvitation $listener -Path "$TestDrive/invitation" -Force
            (Connect-Station -InvitationPath "$TestDrive/invitation" @peers).State | Should -Be 'Open'
        }

        It 'takes what people paste: <Case>' -TestCases @(
            @{ Case = 'wrapped lines'; Paste = { $args[0] -replace '(.{40})', "`$1`r`n  " } }
            @{ Case = 'a web page''s &amp;'; Paste = { $args[0] -replace '&', '&amp;' } }
            @{ Case = 'a zero-width space and a mark in front'; Paste = { "$([char] 0x200B)$([char] 0xFEFF)$($args[0])" } }
            @{ Case = 'quotes'; Paste = { "$([char] 0x201C)$($args[0])$([char] 0x201D)" } }
            @{ Case = 'brackets and a full stop'; Paste = { "<$($args[0])>." } }
            @{ Case = 'all of it'; Paste = { " '<$(($args[0] -replace '&', '&amp;') -replace '(.{60})', "`$1`n")>' " } }
        ) {
            $pasted = & $Paste (New-StationInvitation $listener -AsPlainText)
            (Connect-Station $pasted @peers).State | Should -Be 'Open'
            $pasted = & $Paste (New-StationInvitation $listener -AsPlainText)
            ($pasted | Connect-Station @peers).State | Should -Be 'Open'
            & $Paste (New-StationInvitation $listener -AsPlainText) | Set-Content "$TestDrive/pasted" -Encoding utf8BOM
            (Connect-Station -InvitationPath "$TestDrive/pasted" @peers).State | Should -Be 'Open'
            (Connect-Station -HostName (& $Paste (New-StationInvitation $listener -AsPlainText)) @peers).State | Should -Be 'Open'
        }

        It 'says of an object beside <Option> that the option does not belong there' -TestCases @(
            @{ Option = '-DisplayName'; With = @{ DisplayName = 'x' } }
            @{ Option = '-Protocol'; With = @{ Protocol = 'Station' } }
        ) {
            foreach ($object in $listener.Invitation, $listener) {
                $failure = Get-ErrorOf { Connect-Station $object @With @peers }
                $failure.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
                "$failure" | Should -BeLike "*Leave out*$Option*"
                "$failure" | Should -Not -BeLike '*copied*'
            }
        }

        It 'says how to get the whole of one whose secret is hidden' {
            foreach ($shown in "$($listener.Invitation)", ("$($listener.Invitation)" -replace [char] 0x2026, '...')) {
                $failure = Get-ErrorOf { Connect-Station $shown @peers }
                $failure.FullyQualifiedErrorId | Should -Be 'InvalidInvitation,SecureStation.Commands.ConnectStationCommand'
                "$failure" | Should -BeLike '*-AsPlainText*.Reveal()*'
            }
        }

        It 'says InvitationUsed to a second identity' {
            $uri = $listener.Invitation.Reveal()
            $null = Connect-Station $uri @peers
            $listener.Invitation | Should -BeNullOrEmpty
            (Get-ErrorOf { Connect-Station $uri @peers }).FullyQualifiedErrorId | Should -Be 'InvitationUsed,SecureStation.Commands.ConnectStationCommand'
            (Get-ErrorOf { $listener | Connect-Station @peers }).FullyQualifiedErrorId | Should -Be 'InvitationUsed,SecureStation.Commands.ConnectStationCommand'
        }

        It 'says InvalidInvitation of <Case>, without the secret' -TestCases @(
            @{ Case = 'garbage'; Uri = 'garbage' }
            @{ Case = 'a mangled one'; Uri = 'station://127.0.0.1:1?key=AAAA&id=AAAA&psk=SECRETSECRET&exp=1' }
        ) {
            $failure = Get-ErrorOf { Connect-Station $Uri @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'InvalidInvitation,SecureStation.Commands.ConnectStationCommand'
            "$failure $($failure.Exception) $($failure.TargetObject) $($failure.CategoryInfo)" | Should -Not -BeLike '*SECRETSECRET*'
        }
    }

    Context 'by address' {
        It 'trusts no unknown key, and says what it is and what would trust it' {
            $failure = Get-ErrorOf { Connect-Station @where @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'PeerUntrusted,SecureStation.Commands.ConnectStationCommand'
            $failure.CategoryInfo.Category | Should -Be 'SecurityError'
            $failure.TargetObject | Should -Be "127.0.0.1:$($listener.Port)"
            "$failure" | Should -BeLike "*$($listener.Fingerprint)*Add-StationPeer*"
            $failure.Exception.PeerFingerprint | Should -Be $listener.Fingerprint
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'connects where both sides know each other: the two processes of the issue' {
            $alice = New-StationKeyPair alice @keys
            $null = New-StationKeyPair server -Algorithm Rsa -Passphrase secret @keys
            Export-StationKeyPair server "$TestDrive/their.pub.pem" -PublicOnly -Force @keys
            $theirs = New-TestTrustStore
            Add-StationPeer alice -PublicKey $alice.PublicKey -Accept @theirs
            $server = Start-StationListener -KeyPair server -Passphrase secret @keys @theirs
            Import-StationPublicKey "$TestDrive/their.pub.pem" | Add-StationPeer -Name server -Address "127.0.0.1:$($server.Port)" @peers
            $session = Connect-Station -HostName 127.0.0.1 -Port $server.Port -KeyPair alice @keys @peers
            $session.PeerName | Should -Be 'server'
            $session.TrustBasis | Should -Be 'Pinned'
            (Wait-StationSession $server -TimeoutSec 5).PeerName | Should -Be 'alice'
        }

        It 'trusts the key that is named' {
            Stop-StationListener $listener
            $open = Start-StationListener -TrustMode Any @peers
            $there = @{ HostName = '127.0.0.1'; Port = $open.Port }
            (Connect-Station @there -Fingerprint $open.Fingerprint @peers).TrustBasis | Should -Be 'Fingerprint'
            (Get-ErrorOf { Connect-Station @there -Fingerprint (New-StationKeyPair).Fingerprint @peers }).FullyQualifiedErrorId | Should -Be 'PeerUntrusted,SecureStation.Commands.ConnectStationCommand'
            Add-StationPeer friend -Fingerprint $open.Fingerprint @peers
            (Connect-Station @there -Peer friend @peers).TrustBasis | Should -Be 'Peer'
        }

        It 'pins on first use, and then sees a change' {
            $open = Start-StationListener -TrustMode Any @peers
            $there = @{ HostName = '127.0.0.1'; Port = $open.Port }
            (Connect-Station @there -TrustMode FirstUse @peers).TrustBasis | Should -Be 'FirstUse'
            (Connect-Station @there @peers).TrustBasis | Should -Be 'Pinned'
            Stop-StationListener $open
            $other = Start-StationListener -Port $open.Port -TrustMode Any @peers
            (Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port $other.Port -TrustMode FirstUse @peers }).FullyQualifiedErrorId | Should -Be 'PeerKeyChanged,SecureStation.Commands.ConnectStationCommand'
        }

        It 'takes host and port by position, and host:port' {
            $open = Start-StationListener -TrustMode Any @peers
            Add-StationPeer friend -Fingerprint $open.Fingerprint -Address "127.0.0.1:$($open.Port)" @peers
            (Connect-Station 127.0.0.1 $open.Port @peers).TrustBasis | Should -Be 'Pinned'
            (Connect-Station 127.0.0.1 $open.Port -Peer friend @peers).TrustBasis | Should -Be 'Peer'
            (Connect-Station "127.0.0.1:$($open.Port)" @peers).TrustBasis | Should -Be 'Pinned'
            (Connect-Station -HostName "127.0.0.1:$($open.Port)" @peers).TrustBasis | Should -Be 'Pinned'
            ("127.0.0.1:$($open.Port)" | Connect-Station @peers).TrustBasis | Should -Be 'Pinned'
            (Connect-Station -HostName "127.0.0.1:$($open.Port)" -Port $open.Port -Fingerprint $open.Fingerprint @peers).TrustBasis | Should -Be 'Fingerprint'
            (Get-ErrorOf { Connect-Station -HostName "127.0.0.1:$($open.Port)" -Port 1 @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ConnectStationCommand'
        }

        It 'reaches a peer by its name, and down the pipeline, at the address that is pinned' {
            $open = Start-StationListener -TrustMode Any @peers
            Add-StationPeer friend -Fingerprint $open.Fingerprint -Address "127.0.0.1:$($open.Port)" @peers
            $other = New-TestTrustStore
            foreach ($session in (Connect-Station -Peer friend @peers), (Get-StationPeer friend @peers | Connect-Station @peers), (Connect-Station -Peer (Get-StationPeer friend @peers) @peers)) {
                $session.State | Should -Be 'Open'
                $session.RemoteAddress | Should -Be "127.0.0.1:$($open.Port)"
                $session.TrustBasis | Should -Be 'Peer'
                $session.PeerName | Should -Be 'friend'
            }

            # A record says which store it is from.
            Get-StationPeer friend @peers | Connect-Station | ForEach-Object PeerName | Should -Be 'friend'
            (Get-StationPeer friend @peers | Connect-Station @other).TrustBasis | Should -Be 'Peer'
        }

        It 'goes through a peer''s addresses' {
            $open = Start-StationListener -TrustMode Any @peers
            $closed = Start-StationListener @peers
            Stop-StationListener $closed
            Add-StationPeer friend -Fingerprint $open.Fingerprint -Address "127.0.0.1:$($closed.Port)", "127.0.0.1:$($open.Port)", "localhost:$($closed.Port)" @peers
            (Connect-Station -Peer friend @peers).RemoteAddress | Should -Be "127.0.0.1:$($open.Port)"
            Test-Station -Peer friend @peers | Should -BeTrue
            Stop-StationListener $open
            (Get-ErrorOf { Connect-Station -Peer friend @peers }).FullyQualifiedErrorId | Should -Be 'ConnectFailed,SecureStation.Commands.ConnectStationCommand'
            Test-Station -Peer friend @peers | Should -BeFalse
        }

        It 'says what is wrong with a peer: <Case>' -TestCases @(
            @{ Case = 'nobody of that name'; Arguments = @{ Peer = 'nobody' }; Id = 'NotFound' }
            @{ Case = 'no address'; Arguments = @{ Peer = 'shy' }; Id = 'InvalidArgument' }
            @{ Case = 'a port without a host'; Arguments = @{ Peer = 'shy'; Port = 1 }; Id = 'InvalidArgument' }
        ) {
            Add-StationPeer shy -Fingerprint $listener.Fingerprint @peers
            (Get-ErrorOf { Connect-Station @Arguments @peers }).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.ConnectStationCommand"
            (Get-ErrorOf { Test-Station @Arguments @peers }).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.TestStationCommand"
        }

        It 'takes the key of another peer for an error, whatever the address' {
            $open = Start-StationListener -TrustMode Any @peers
            Add-StationPeer friend -Fingerprint (New-StationKeyPair).Fingerprint -Address "127.0.0.1:$($open.Port)" @peers
            (Get-ErrorOf { Get-StationPeer friend @peers | Connect-Station @peers }).FullyQualifiedErrorId | Should -Be 'PeerKeyChanged,SecureStation.Commands.ConnectStationCommand'
        }

        It 'says PeerRefused where the listener does not know it' {
            (Get-ErrorOf { Connect-Station @where -Fingerprint $listener.Fingerprint @peers }).FullyQualifiedErrorId | Should -Be 'PeerRefused,SecureStation.Commands.ConnectStationCommand'
        }

        It 'takes rows of a CSV' {
            $open = Start-StationListener -TrustMode Any @peers
            $rows = "HostName,Port,Fingerprint`n127.0.0.1,$($open.Port),$($open.Fingerprint)`nlocalhost,$($open.Port),$($open.Fingerprint)" | ConvertFrom-Csv
            ($rows | Connect-Station @peers).State | Should -Be 'Open', 'Open'
        }

        It 'says ConnectFailed where nobody listens, and the next still connects' {
            Stop-StationListener $listener
            $open = Start-StationListener -TrustMode Any @peers
            $rows = [pscustomobject]@{ ComputerName = '127.0.0.1'; Port = $listener.Port }, [pscustomobject]@{ ComputerName = '127.0.0.1'; Port = $open.Port }
            $sessions = $rows | Connect-Station -TrustMode Any -ErrorAction SilentlyContinue -ErrorVariable failures @peers
            $sessions.State | Should -Be 'Open'
            $failures[0].FullyQualifiedErrorId | Should -Be 'ConnectFailed,SecureStation.Commands.ConnectStationCommand'
        }

        It 'says Timeout where nobody answers, in time' {
            $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $silent.Start()
            try {
                $clock = [Diagnostics.Stopwatch]::StartNew()
                (Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port $silent.LocalEndpoint.Port -TimeoutSec 0.5 @peers }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ConnectStationCommand'
                $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
            } finally {
                $silent.Stop()
            }
        }
    }

    It 'connects to nobody and writes nothing with -WhatIf' {
        $open = Start-StationListener -TrustMode Any @peers
        Connect-Station -HostName 127.0.0.1 -Port $open.Port -TrustMode FirstUse -WhatIf @peers | Should -BeNullOrEmpty
        Connect-Station $listener.Invitation -WhatIf @peers | Should -BeNullOrEmpty
        $peers.TrustStore | Should -Not -Exist
        $open.Sessions.Count | Should -Be 0
        $listener.Invitation | Should -Not -BeNullOrEmpty
    }

    It 'says with -Verbose that it would pin, and only then' {
        $open = Start-StationListener -TrustMode Any @peers
        $there = @{ HostName = '127.0.0.1'; Port = $open.Port }
        "$(Connect-Station @there -TrustMode FirstUse -Verbose @peers 4>&1)" | Should -BeLike '*pin the key that answers*'
        "$(Connect-Station @there -TrustMode Any -Verbose @peers 4>&1)" | Should -Not -BeLike '*pin the key*'
        $null = New-StationKeyPair alice @keys
        $null = New-StationKeyPair server @keys
        $named = Start-StationListener -KeyPair server @keys @peers
        "$(Connect-Station $named.Invitation -KeyPair alice -Verbose @keys @peers 4>&1)" | Should -BeLike "*pin the key $($named.Fingerprint)*"
    }

    It 'asks for nothing: <Case>' -TestCases @(
        @{ Case = 'no invitation'; Arguments = @{}; Id = 'InvitationUsed' }
        @{ Case = 'no port'; Arguments = @{ HostName = 'localhost' }; Id = 'InvalidArgument' }
        @{ Case = 'no host'; Arguments = @{ Port = 1 }; Id = 'InvalidArgument' }
    ) {
        (Get-ErrorOf { Connect-Station @Arguments @peers }).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.ConnectStationCommand"
    }

    It 'refuses a time-out that is none: <Value>' -TestCases @(@{ Value = -2 }, @{ Value = -0.5 }, @{ Value = [double]::NaN }) {
        (Get-ErrorOf { Connect-Station $listener.Invitation -TimeoutSec $Value @peers }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}
