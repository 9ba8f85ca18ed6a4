BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Remove-StationPeer' {
    BeforeEach {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer alice -PublicKey $key.PublicKey -Address h:1 @store
        Add-StationPeer bob -PublicKey (New-StationKeyPair).PublicKey @store
    }

    It 'removes by name, by fingerprint and from the pipeline' {
        Remove-StationPeer alice @store
        (Get-StationPeer @store).Name | Should -Be 'bob'
        Remove-StationPeer -Fingerprint (Get-StationPeer bob @store).Fingerprint @store
        Get-StationPeer @store | Should -BeNullOrEmpty
        Add-StationPeer carol -PublicKey $key.PublicKey @store
        Get-StationPeer @store | Remove-StationPeer
        Get-StationPeer @store | Should -BeNullOrEmpty
    }

    It 'takes a name or a record as -Peer' {
        Remove-StationPeer -Peer alice @store
        Remove-StationPeer -Peer (Get-StationPeer bob @store) @store
        Get-StationPeer @store | Should -BeNullOrEmpty
        (Get-ErrorOf { Remove-StationPeer -Peer alice @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
    }

    It 'takes the pin of its address away too' {
        Remove-StationPeer alice @store
        Add-StationPeer other -PublicKey (New-StationKeyPair).PublicKey -Address h:1 @store
        (Get-StationPeer other @store).Addresses | Should -Be 'h:1'
    }

    It 'says that a peer is not there' {
        (Get-ErrorOf { Remove-StationPeer nobody @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
        (Get-ErrorOf { Remove-StationPeer -Fingerprint (New-StationKeyPair).Fingerprint @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationPeerCommand'
    }

    It 'removes nothing with -WhatIf' {
        Get-StationPeer @store | Remove-StationPeer -WhatIf
        (Get-StationPeer @store).Count | Should -Be 2
    }

    Context 'while a listener runs' {
        BeforeEach {
            $keys = New-TestKeyStore
            $null = New-StationKeyPair -Name server @keys
            $listener = Start-StationListener -KeyPair server @keys @store
            $client = New-StationKeyPair
            $invitation = $listener.Invitation
            $session = Connect-Station $invitation -KeyPair $client -TrustStore (New-TestTrustStore).TrustStore
            $accepted = Wait-StationSession -Listener $listener -TimeoutSec 30
            $invited = Get-StationPeer -Fingerprint $client.Fingerprint @store
        }

        AfterEach { Get-StationListener | Stop-StationListener }

        It 'ends its sessions, and lets it in no more, neither by key nor by the invitation that it used' {
            $invited | Remove-StationPeer -WarningVariable warnings
            $warnings | Should -BeNullOrEmpty
            $accepted.State | Should -Not -Be 'Open'
            (Get-ErrorOf { Receive-StationMessage -Session $session -TimeoutSec 30 }).Exception.PeerHint | Should -Be 'PeerUntrusted'
            (Get-ErrorOf { Connect-Station $invitation -KeyPair $client @store }).FullyQualifiedErrorId | Should -BeLike 'PeerRefused,*'
            (Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port $listener.Port -KeyPair $client -Fingerprint $listener.Fingerprint @store }).FullyQualifiedErrorId | Should -BeLike 'PeerRefused,*'
            Get-StationPeer @store | Where-Object Fingerprint -EQ $client.Fingerprint | Should -BeNullOrEmpty
        }

        It 'leaves its sessions with -KeepSessions, until it is done again without' {
            $invited | Remove-StationPeer -KeepSessions
            Send-StationMessage -Session $session 'still here' -Wait
            (Receive-StationMessage -Listener $listener -TimeoutSec 30).Body | Should -Be 'still here'
            (Get-ErrorOf { Connect-Station $invitation -KeyPair $client @store }).FullyQualifiedErrorId | Should -BeLike 'PeerRefused,*'
            Remove-StationPeer -Fingerprint $client.Fingerprint @store
            $accepted.State | Should -Not -Be 'Open'
        }

        It 'warns of invitations that are open, and withdraws none' {
            $null = New-StationInvitation $listener
            $invited | Remove-StationPeer -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Match "Listener $($listener.Id) has 1 open invitation: .*Remove-StationInvitation$"
            (Get-StationInvitation $listener -Open).Count | Should -Be 1
        }
    }
}
