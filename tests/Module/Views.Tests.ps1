# A view fits a terminal of 80 columns, with its headers whole.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $tables = foreach ($file in Get-ChildItem (Join-Path $root bin) -Filter *.Format.ps1xml) {
        foreach ($view in ([xml](Get-Content -Raw $file)).SelectNodes('//View[TableControl]')) { @{ Name = $view.Name; View = $view } }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
    . $PSScriptRoot/CuttingProxy.ps1

    function Get-Line([Parameter(ValueFromPipeline)] $InputObject) {
        begin { $all = @() }
        process { $all += $InputObject }
        end { ($all | Out-String -Width 80) -split "`r?`n" -replace '\x1b\[[0-9;]*m' }
    }
}

Describe 'The table of <Name>' -ForEach $tables {
    It 'has room for its columns and their headers' {
        $columns = $View.SelectNodes('.//TableColumnHeader').ForEach{ @{ Label = $_.Label; Width = [int]$_.Width } }
        foreach ($column in $columns.Where{ $_.Width }) { $column.Width | Should -BeGreaterOrEqual "$($column.Label)".Length -Because $column.Label }
        # A column without a width takes what is left, and its header needs that much at least.
        $needed = ($columns.ForEach{ $_.Width ? $_.Width : "$($_.Label)".Length } | Measure-Object -Sum).Sum + $columns.Count - 1
        $needed | Should -BeLessOrEqual 80
    }
}

Describe 'In 80 columns' {
    AfterAll {
        Get-StationSession | Disconnect-Station -Force
        Get-StationListener | Stop-StationListener
    }

    It 'sessions show their trust whole' {
        $trust = New-TestTrustStore
        $listener = Start-StationListener -Port 0 @trust
        $session = Connect-Station $listener.Invitation @trust
        $lines = $session, (Wait-StationSession $listener -TimeoutSec 30) | Get-Line
        $lines.Where{ $_ -match '^Id +State +IsSecure .* Trust *$' }.Count | Should -Be 1
        $lines.Where{ $_ -match 'Invitation *$' }.Count | Should -Be 2
        $lines.Length | Should -BeLessOrEqual 80
    }

    It 'sessions show that they are reconnecting, whole' {
        $trust = New-TestTrustStore
        $listener = Start-StationListener @trust -TrustMode Any
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $session = Connect-Station 127.0.0.1 $proxy.Port -Fingerprint $listener.Fingerprint -Reconnect @trust
        $proxy.IsShut = $true
        $proxy.Cut()
        Wait-Until { $session.State -eq 'Reconnecting' }
        $lines = $session | Get-Line
        $lines.Where{ $_ -match '^\S+ +Reconnecting True ' }.Count | Should -Be 1
        $lines.Length | Should -BeLessOrEqual 80
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
    }

    It 'secrets and servers of Diffie-Hellman have one line each' {
        $lines = Invoke-DhExchange (New-DhKeyPair -Group X25519) (New-DhKeyPair -Group X25519) | Get-Line
        $lines.Where{ $_ -match '^Group +Length +Bound +RemoteAddress +AgreedAt' }.Count | Should -Be 1
        $lines.Where{ $_ -match '^X25519 ' }.Count | Should -Be 1
        $lines.Length | Should -BeLessOrEqual 80
    }

    It 'a diagram has no line that wraps, and the fingerprints whole' {
        $pair = New-SessionPair
        $lines = ($pair.Left | ConvertTo-StationDiagram) -split "`n"
        foreach ($line in $lines) { $line.Length | Should -BeLessOrEqual 80 -Because $line }
        $lines | Should -Contain " Initiator $($alice.Fingerprint)"
        $lines | Should -Contain " Responder $($bob.Fingerprint)"
    }
}
