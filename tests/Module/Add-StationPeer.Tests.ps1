BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Add-StationPeer' {
    BeforeEach {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
    }

    It 'adds a public key from the pipeline, with its address' {
        $file = Join-Path $TestDrive 'their.pub.pem'
        Export-StationKeyPair $key $file -PublicOnly -Force
        Import-StationPublicKey $file | Add-StationPeer -Name server -Address 127.0.0.1:7700 @store
        $peer = Get-StationPeer server @store
        "$($peer.Fingerprint)" | Should -Be "$($key.Fingerprint)"
        "$($peer.PublicKey)" | Should -Be "$($key.Fingerprint)"
        $peer.Addresses | Should -Be '127.0.0.1:7700'
        $peer.Accept | Should -BeFalse
    }

    It 'adds a fingerprint, or the key of a file' {
        Add-StationPeer one -Fingerprint $key.Fingerprint -Accept @store
        Export-StationKeyPair (New-StationKeyPair) "$TestDrive/two.pub.pem" -PublicOnly -Force
        Add-StationPeer two -Path "$TestDrive/two.pub.pem" @store
        (Get-StationPeer @store).Accept | Should -Be $true, $false
    }

    It 'takes rows of a CSV' {
        $rows = @"
Name,Fingerprint,Address
a,$($key.Fingerprint),Host-A:1
b,$((New-StationKeyPair).Fingerprint),host-b:2
"@ | ConvertFrom-Csv
        $rows | Add-StationPeer @store
        (Get-StationPeer @store).Addresses | Should -Be 'host-a:1', 'host-b:2'
    }

    It 'does not add a key twice, nor a name' {
        Add-StationPeer one -PublicKey $key.PublicKey @store
        (Get-ErrorOf { Add-StationPeer again -PublicKey $key.PublicKey @store }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.AddStationPeerCommand'
        (Get-ErrorOf { Add-StationPeer ONE -PublicKey (New-StationKeyPair).PublicKey @store }).FullyQualifiedErrorId | Should -Be 'PeerAmbiguous,SecureStation.Commands.AddStationPeerCommand'
    }

    It 'replaces with -Replace' {
        Add-StationPeer one -PublicKey $key.PublicKey -Address h:1 @store
        $new = New-StationKeyPair
        Add-StationPeer one -PublicKey $new.PublicKey -Address h:1 -Replace @store
        "$((Get-StationPeer @store).Fingerprint)" | Should -Be "$($new.Fingerprint)"
    }

    It 'needs a key' {
        (Get-ErrorOf { Add-StationPeer one @store }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.AddStationPeerCommand'
    }

    It 'refuses an address without a port' {
        (Get-ErrorOf { Add-StationPeer one -PublicKey $key.PublicKey -Address host @store }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.AddStationPeerCommand'
    }

    It 'writes the record with -PassThru, and nothing without' {
        Add-StationPeer one -PublicKey $key.PublicKey @store | Should -BeNullOrEmpty
        (Add-StationPeer two -PublicKey (New-StationKeyPair).PublicKey -PassThru @store).Name | Should -Be 'two'
    }

    It 'adds nothing with -WhatIf' {
        Add-StationPeer one -PublicKey $key.PublicKey -WhatIf @store
        Get-StationPeer @store | Should -BeNullOrEmpty
    }
}
