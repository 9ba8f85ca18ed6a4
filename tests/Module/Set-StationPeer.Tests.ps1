BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Set-StationPeer' {
    BeforeEach {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer alice -PublicKey $key.PublicKey -Address old:1 @store
    }

    It 'takes a name or a record as -Peer' {
        $trust = New-TestTrustStore
        Add-StationPeer carol -PublicKey (New-StationKeyPair).PublicKey @trust
        Set-StationPeer -Peer carol -NewName dora @trust
        Set-StationPeer -Peer (Get-StationPeer dora @trust) -Address d:1 -PassThru @trust | ForEach-Object Addresses | Should -Be 'd:1'
    }

    It 'changes what is given, and nothing else' {
        Set-StationPeer alice -Accept @store
        $peer = Get-StationPeer @store
        $peer.Accept | Should -BeTrue
        $peer.Addresses | Should -Be 'old:1'
        $peer.Name | Should -Be 'alice'
    }

    It 'sets addresses, and takes them all away' {
        (Set-StationPeer alice -Address new:2, New:3 -PassThru @store).Addresses | Should -Be 'new:2', 'new:3'
        (Set-StationPeer alice -Address @() -PassThru @store).Addresses | Should -BeNullOrEmpty
    }

    It 'says what a peer may do, leaves that alone, and clears it with @()' {
        (Set-StationPeer alice -Capability request, FILE -PassThru @store).Capabilities | Should -Be 'file', 'request'
        (Set-StationPeer alice -Accept -PassThru @store).Capabilities | Should -Be 'file', 'request'
        (Set-StationPeer alice -Capability 'dh;file' -PassThru @store).Capabilities | Should -Be 'dh', 'file'
        (Set-StationPeer alice -Capability @() -PassThru @store).Capabilities | Should -BeNullOrEmpty
        (Get-ErrorOf { Set-StationPeer alice -Capability everything @store }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'offers the capabilities that Core knows, and no other' {
        $known = [SecureStation.Core.Trust.PeerCapabilities]::Known
        foreach ($command in 'Add-StationPeer', 'Set-StationPeer') {
            (Get-Command $command).Parameters['Capability'].Attributes.Where{ $_ -is [ValidateSet] }.ValidValues | Should -Be $known
        }
    }

    It 'takes a service from a peer that is connected, and gives it back' {
        $listener = Start-StationListener -NoInvitation @store
        Set-StationPeer alice -Accept @store
        $session = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -KeyPair $key -Fingerprint $listener.Fingerprint @store
        $accepted = Wait-StationSession -Listener $listener -TimeoutSec 30
        try {
            $accepted.Services.SwitchOn('dh')
            Set-StationPeer alice -Capability file @store
            $accepted.Capabilities | Should -Be 'file'
            (Get-ErrorOf { Invoke-DhExchange -Session $session -TimeoutSec 30 }).FullyQualifiedErrorId | Should -BeLike 'NotAllowed,*'
            'texts need none' | Send-StationMessage $session -Wait
            Set-StationPeer alice -Capability @() @store
            $job = Start-ThreadJob { Import-Module $using:root/SecureStation.psd1; Receive-DhExchange -Session $using:accepted -TimeoutSec 30 }
            (Invoke-DhExchange -Session $session -TimeoutSec 30).ToHex() | Should -Be ($job | Wait-Job -Timeout 120 | Receive-Job).ToHex()
        } finally {
            Stop-StationListener $listener
        }
    }

    It 'takes acceptance back' {
        Set-StationPeer alice -Accept @store
        (Set-StationPeer alice -Accept:$false -PassThru @store).Accept | Should -BeFalse
    }

    It 'ends the sessions of whom it accepts no more, and leaves them with -KeepSessions' {
        $keys = New-TestKeyStore
        $null = New-StationKeyPair -Name server @keys
        $listener = Start-StationListener -KeyPair server -NoInvitation @keys @store
        Set-StationPeer alice -Accept @store
        $sessions = 1..2 | ForEach-Object {
            $null = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -KeyPair $key -Fingerprint $listener.Fingerprint @store
            Wait-StationSession -Listener $listener -TimeoutSec 30
        }
        Set-StationPeer alice -Accept:$false -KeepSessions @store
        $sessions.State | Should -Be 'Open', 'Open'
        Set-StationPeer alice -NewName alicia @store
        $sessions.State | Should -Be 'Open', 'Open'
        Set-StationPeer alicia -Accept:$false @store
        $sessions.State | Should -Not -Contain 'Open'
        $listener | Stop-StationListener
    }

    It 'takes records from the pipeline, out of their own store' {
        Get-StationPeer @store | Set-StationPeer -NewName bob
        (Get-StationPeer @store).Name | Should -Be 'bob'
    }

    It 'takes a fingerprint' {
        (Set-StationPeer -Fingerprint $key.Fingerprint -NewName carol -PassThru @store).Name | Should -Be 'carol'
    }

    It 'says that a peer is not there' {
        (Get-ErrorOf { Set-StationPeer nobody -Accept @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.SetStationPeerCommand'
    }

    It 'changes nothing with -WhatIf' {
        Set-StationPeer alice -NewName bob -WhatIf @store
        (Get-StationPeer @store).Name | Should -Be 'alice'
    }
}
