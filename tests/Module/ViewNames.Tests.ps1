# What a view calls a thing is a property of it, so that select, group, sort and export take the name that is seen.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $views = foreach ($file in Get-ChildItem $root/src/SecureStation.PowerShell/Module/*.Format.ps1xml) {
        foreach ($view in ([xml] (Get-Content -Raw $file)).Configuration.ViewDefinitions.View) {
            $labels = @($view.SelectNodes('.//TableColumnHeader/Label | .//ListItem/Label').InnerText)
            foreach ($type in $view.ViewSelectedBy.TypeName) { if ($labels) { @{ View = $view.Name; Type = $type; Labels = $labels } } }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
}

Describe 'The names in views' {
    It '<View> shows nothing that is no property' -ForEach $views {
        # The value that stands there for a secret: it has methods, and no property on purpose.
        $secret = @{ DhSharedSecret = 'Secret'; DhDerivedKey = 'Key'; StationChannelBinding = 'Bytes' }
        $added = @(for ($base = $Type -as [type]; $base; $base = $base.BaseType) { (Get-TypeData $base.FullName).Members.Keys })
        $known = @(($Type -as [type]).GetProperties().Name) + $added
        $Labels.Where{ $_ -notin $known -and $_ -ne $secret[$View] } | Should -BeNullOrEmpty
    }

    It 'have properties by which sessions, listeners and messages are selected, grouped and exported' {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $session = $listener | Connect-Station @peers
        try {
            'hello' | Send-StationMessage $session -Wait
            $accepted = Wait-StationSession $listener -TimeoutSec 30
            ($session | Select-Object Peer, Address, Inbox, Trust).Address | Should -Be $session.RemoteAddress
            $accepted.Inbox | Should -Be 1
            $session.Peer | Should -Be $listener.Fingerprint
            ($session | Group-Object Trust).Name | Should -Be 'Invitation'
            ($session, $accepted | Sort-Object Inbox -Descending)[0].Role | Should -Be 'Responder'
            ($session | ConvertTo-Csv | ConvertFrom-Csv).Trust | Should -Be 'Invitation'
            $message = Receive-StationMessage $accepted
            $message.From, $message.Peer | Should -Be $accepted.RemoteFingerprint, $accepted.RemoteFingerprint
            ($message | Format-List | Out-String) | Should -Match 'From +: SHA256'
            "$listener" | Should -Be $listener.Id
            $listener.Key | Should -Be 'in memory'
            (New-StationInvitation $listener).Key | Should -Be 'in memory'
            (New-StationInvitation $listener).Uri | Should -Not -Match 'psk=[A-Za-z0-9_-]'
        } finally {
            Stop-StationListener $listener
        }
    }
}

Describe 'Fingerprints' {
    BeforeAll {
        $keys = New-TestKeyStore
        $peers = New-TestTrustStore
        $key = New-StationKeyPair server @keys
        Add-StationPeer server -PublicKey $key.PublicKey -Address a:1, b:2 -Capability file, dh -Accept @peers
        $listener = Start-StationListener -KeyPair $key @peers
    }

    AfterAll { Stop-StationListener $listener }

    It 'of <Name> stay in JSON and CSV' -TestCases @(
        @{ Name = 'a key pair'; Get = { $key } }
        @{ Name = 'a public key'; Get = { $key.PublicKey } }
        @{ Name = 'an entry of the key store'; Get = { Get-StationKeyPair @keys } }
        @{ Name = 'a peer'; Get = { Get-StationPeer @peers } }
        @{ Name = 'an invitation'; Get = { $listener.Invitation } }
        @{ Name = 'a listener'; Get = { $listener } }
    ) {
        $object = & $Get
        $json = ($object | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json).Fingerprint
        ($json.Text ?? $json) | Should -Be $key.Fingerprint.Text
        ($object | ConvertTo-Csv | ConvertFrom-Csv).Fingerprint | Should -Be $key.Fingerprint.Text
        ($object | Select-Object Fingerprint | ConvertTo-Json -WarningAction Ignore) | Should -BeLike "*$($key.Fingerprint.Text)*"
    }

    It 'stand in a CSV beside the id and the addresses, as text' {
        $row = $listener.Invitation | ConvertTo-Csv | ConvertFrom-Csv
        $row.Id | Should -Match '^[0-9a-f]{32}$'
        $row.Id | Should -Be (Get-StationInvitation $listener).Id
        $peer = Get-StationPeer @peers
        ($peer | ConvertTo-Csv | ConvertFrom-Csv).Addresses | Should -Be 'a:1;b:2'
        $peer.Addresses[1] | Should -Be 'b:2'
        ($peer | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json).Addresses | Should -Be 'a:1', 'b:2'
    }

    It 'come back from JSON and CSV into Add-StationPeer, with all that a peer is' {
        foreach ($peer in (Get-StationPeer @peers | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json), (Get-StationPeer @peers | ConvertTo-Csv | ConvertFrom-Csv)) {
            $again = New-TestTrustStore
            $peer | Select-Object * -ExcludeProperty TrustStore, PublicKey | Add-StationPeer @again
            $found = Get-StationPeer @again
            $found.Name | Should -Be 'server'
            $found.Fingerprint | Should -Be $key.Fingerprint
            $found.Addresses | Should -Be 'a:1', 'b:2'
            $found.Accept | Should -BeTrue
            $found.Capabilities | Should -Be 'dh', 'file'
        }
    }
}

Describe 'Add-StationPeer from a CSV' {
    It 'takes Accept as <Accept> and the addresses "<Address>"' -TestCases @(
        @{ Accept = 'true'; Address = 'h:1'; IsAccepted = $true; Expected = @('h:1') }
        @{ Accept = 'Yes'; Address = 'h:2;h:1'; IsAccepted = $true; Expected = @('h:1', 'h:2') }
        @{ Accept = 'False'; Address = ''; IsAccepted = $false; Expected = @() }
        @{ Accept = ''; Address = ' h:1 ; '; IsAccepted = $false; Expected = @('h:1') }
    ) {
        $peers = New-TestTrustStore
        $print = (New-StationKeyPair).Fingerprint
        "Name,Fingerprint,Address,Accept`nbob,$print,$Address,$Accept" | ConvertFrom-Csv | Add-StationPeer @peers
        $bob = Get-StationPeer bob @peers
        $bob.Accept | Should -Be $IsAccepted
        @($bob.Addresses) | Should -Be $Expected
        Set-StationPeer bob -Address "$Address;x:9" -Accept:"$(-not $IsAccepted)" @peers
        (Get-StationPeer bob @peers).Addresses | Should -Contain 'x:9'
        (Get-StationPeer bob @peers).Accept | Should -Be (-not $IsAccepted)
        Set-StationPeer bob -Address @() @peers
        (Get-StationPeer bob @peers).Addresses | Should -BeNullOrEmpty
    }

    It 'refuses another word, and an address that is none' {
        $peers = New-TestTrustStore
        $row = [pscustomobject]@{ Name = 'bob'; Fingerprint = (New-StationKeyPair).Fingerprint; Accept = 'maybe' }
        (Get-ErrorOf { $row | Add-StationPeer @peers }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        $row.Accept = 'no'
        (Get-ErrorOf { $row | Add-StationPeer -Address nowhere @peers }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        Get-StationPeer @peers | Should -BeNullOrEmpty
    }
}
