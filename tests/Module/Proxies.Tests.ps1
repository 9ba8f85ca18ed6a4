BeforeDiscovery {
    # Debian: apt-get install microsocks tinyproxy
    $proxies = @(
        @{ Scheme = 'socks5'; Program = 'microsocks' }
        @{ Scheme = 'http'; Program = 'tinyproxy' }
    ) | ForEach-Object { $_ + @{ IsThere = [bool] (Get-Command $_.Program -CommandType Application -ErrorAction Ignore) } }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    # They take no port 0: one that is free now may be taken then.
    function Start-Proxy([string] $Program, [switch] $Login) {
        foreach ($attempt in 1..10) {
            $free = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $free.Start()
            $port = $free.LocalEndpoint.Port
            $free.Stop()
            $arguments = if ($Program -eq 'microsocks') {
                '-i', '127.0.0.1', '-p', $port + ($Login ? @('-u', 'station', '-P', 's3cret') : @())
            } else {
                "Port $port", 'Listen 127.0.0.1', 'Allow 127.0.0.1', ($Login ? 'BasicAuth station s3cret' : '') | Set-Content "$TestDrive/tinyproxy-$port.conf"
                '-d', '-c', "$TestDrive/tinyproxy-$port.conf"
            }
            $start = [Diagnostics.ProcessStartInfo]::new($Program, [string[]] $arguments)
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $process = [Diagnostics.Process]::Start($start)
            $end = [Environment]::TickCount64 + 30000
            while (-not $process.HasExited -and [Environment]::TickCount64 -lt $end) {
                try {
                    [Net.Sockets.TcpClient]::new('127.0.0.1', $port).Dispose()
                    return [pscustomobject]@{ Process = $process; Address = "$($Program -eq 'microsocks' ? 'socks5' : 'http')://127.0.0.1:$port" }
                } catch { Start-Sleep -Milliseconds 20 }
            }
        }

        throw "$Program does not start."
    }

    function New-Login([string] $Password = 's3cret') { [pscredential]::new('station', (ConvertTo-SecureString $Password -AsPlainText -Force)) }
}

Describe 'Proxies: <Program>' -ForEach $proxies {
    BeforeAll {
        if ($IsThere) { $open, $closed = (Start-Proxy $Program), (Start-Proxy $Program -Login) }
        $listener = Start-StationListener -TrustMode Any -TrustStore (Join-Path $TestDrive "listener-$Scheme")
    }

    AfterAll {
        $listener | Stop-StationListener
        $open, $closed | Where-Object { $_ } | ForEach-Object { Stop-PowerShell $_.Process }
    }

    BeforeEach { $peers = New-TestTrustStore }

    It 'carries a session, and pins what was asked for' -Skip:(-not $IsThere) {
        $session = Connect-Station localhost $listener.Port -Proxy $open.Address -TrustMode FirstUse @peers
        'through' | Send-StationMessage -Session $session
        (Receive-StationMessage -Listener $listener -TimeoutSec 30).Body | Should -Be through
        $session.RemoteAddress | Should -Be "localhost:$($listener.Port) via $($open.Address)"
        (Get-StationPeer @peers).Addresses | Should -Be "localhost:$($listener.Port)"
        $session | Disconnect-Station

        # The same pin with no proxy between.
        Connect-Station localhost $listener.Port @peers | Disconnect-Station
    }

    It 'leads to an invitation, and tells Test-Station who answers' -Skip:(-not $IsThere) {
        $invited = Connect-Station (New-StationInvitation -Listener $listener) -Proxy $open.Address @peers
        $invited.TrustBasis | Should -Be Invitation
        $invited | Disconnect-Station
        $report = Test-Station 127.0.0.1 $listener.Port -Proxy $open.Address -Detailed @peers
        $report.PeerFingerprint | Should -Be $listener.Fingerprint
        $report.Stages[0].Result | Should -Be Skipped
        Test-Station 127.0.0.1 1 -Proxy $open.Address @peers | Should -BeFalse
    }

    It 'asks for a login, which -ProxyCredential gives' -Skip:(-not $IsThere) {
        $where = @{ HostName = '127.0.0.1'; Port = $listener.Port; Fingerprint = $listener.Fingerprint; Proxy = $closed.Address }
        foreach ($wrong in @{}, @{ ProxyCredential = New-Login wr0ng }) {
            $failure = Get-ErrorOf { Connect-Station @where @wrong @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'ProxyFailed,SecureStation.Commands.ConnectStationCommand'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-ProxyCredential*'
            $failure | Format-List * -Force | Out-String | Should -Not -BeLike '*wr0ng*'
        }

        $session = Connect-Station @where -ProxyCredential (New-Login) @peers
        $session.State | Should -Be Open
        $session | Disconnect-Station
    }

    It 'says what it said where it does not connect' -Skip:(-not $IsThere) {
        $failure = Get-ErrorOf { Connect-Station 127.0.0.1 1 -TrustMode Any -Proxy $open.Address @peers }
        $failure.FullyQualifiedErrorId | Should -Be 'ConnectFailed,SecureStation.Commands.ConnectStationCommand'
        $failure.Exception.PeerHint | Should -BeLike ($Scheme -eq 'http' ? '*500*' : '*refused*')
        $failure.Exception.Address | Should -Be 127.0.0.1:1
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Proxy*'
    }
}

Describe 'Proxies' {
    BeforeEach { $peers = New-TestTrustStore }

    It 'are refused with a login in their address, which is not repeated: <_>' -ForEach 'socks5://user:s3cret@127.0.0.1:1080', 'http://user:s3cret@127.0.0.1:3128/', 'http://s3cret@h:1' {
        $address = $_
        foreach ($wrong in { Connect-Station 127.0.0.1 1 -Proxy $address @peers }, { Test-Station 127.0.0.1 1 -Proxy $address @peers }) {
            $failure = Get-ErrorOf $wrong
            $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
            $failure.Exception.Message | Should -BeLike '*-ProxyCredential*'
            $failure.Exception | Format-List * -Force | Out-String | Should -Not -BeLike '*s3cret*'
        }
    }

    It 'are refused in other forms: <_>' -ForEach '127.0.0.1:1080', 'socks4://127.0.0.1:1080', 'https://127.0.0.1:1', 'socks5://127.0.0.1', 'http://127.0.0.1:80/x' {
        (Get-ErrorOf { Connect-Station 127.0.0.1 1 -Proxy $_ @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ConnectStationCommand'
    }

    It 'are needed where there is a login for one' {
        (Get-ErrorOf { Connect-Station 127.0.0.1 1 -ProxyCredential (New-Login) @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ConnectStationCommand'
    }

    It 'that are none end in an error that names them, and those that hang in a time-out' {
        $listener = Start-StationListener -Port 0 @peers
        try {
            $failure = Get-ErrorOf { Connect-Station 127.0.0.1 1 -TrustMode Any -Proxy "socks5://127.0.0.1:$($listener.Port)" -TimeoutSec 60 @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'ProxyFailed,SecureStation.Commands.ConnectStationCommand'
            $failure.Exception.Message | Should -BeLike "*socks5://127.0.0.1:$($listener.Port)*"
        } finally {
            $listener | Stop-StationListener
        }

        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        try {
            $failure = Get-ErrorOf { Connect-Station 127.0.0.1 1 -TrustMode Any -Proxy "http://127.0.0.1:$($silent.LocalEndpoint.Port)" -TimeoutSec 1 @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ConnectStationCommand'
            $failure.Exception.Message | Should -BeLike '*through the proxy http://*'
        } finally {
            $silent.Stop()
        }
    }

    It 'are named by -WhatIf, and nothing is connected' {
        Connect-Station 127.0.0.1 1 -Proxy socks5://127.0.0.1:1 -WhatIf @peers | Should -BeNullOrEmpty
    }
}
