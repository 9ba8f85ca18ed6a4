BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/CuttingProxy.ps1
    $connect = 'SecureStation.Commands.ConnectStationCommand'
}

Describe 'A session with a state' {
    BeforeEach {
        $peers, $keys = (New-TestTrustStore), (New-TestKeyStore)
        $null = New-StationKeyPair alice @keys
        $null = New-StationKeyPair server @keys
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $null = New-Item -ItemType Directory $folder
        $listener = Start-StationListener @peers @keys -KeyPair server -TrustMode Any -StatePath $folder/server.state
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $to = @{ HostName = '127.0.0.1'; Port = $proxy.Port; Fingerprint = $listener.Fingerprint } + $peers + $keys
    }

    AfterEach {
        Get-StationSession | Disconnect-Station -Force
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
        Get-StationListener | Stop-StationListener
    }

    It 'survives kill -9 of the sender: what was accepted is sent by the next process' {
        $script = @"
Import-Module '$root/SecureStation.psd1'
`$s = Connect-Station 127.0.0.1 $($proxy.Port) -Fingerprint $($listener.Fingerprint) -KeyPair alice -KeyStore '$($keys.KeyStore)' -TrustStore '$($peers.TrustStore)' -StatePath '$folder/alice.state'
'one' | Send-StationMessage -Session `$s -Wait
'connected'
`$null = [Console]::In.ReadLine()
'two', 'three' | Send-StationMessage -Session `$s
'accepted'
Start-Sleep 600
"@
        $process = Start-PowerShell '-Command', $script -Redirect
        try {
            $process.StandardOutput.ReadLine() | Should -Be 'connected'
            $proxy.IsShut = $true
            $proxy.Cut()
            $process.StandardInput.WriteLine('go')
            $process.StandardOutput.ReadLine() | Should -Be 'accepted'
            (Get-ErrorOf { Get-StationSession -StatePath $folder/alice.state }).Exception.Message | Should -Match "process $($process.Id)"
            (Get-ErrorOf { Connect-Station @to -KeyPair alice -StatePath $folder/alice.state }).FullyQualifiedErrorId | Should -Be "StateFailed,$connect"
        } finally {
            $process.Kill($true)
            $process.WaitForExit()
        }
        $waiting = Get-StationSession -StatePath $folder/alice.state
        $waiting.Status, $waiting.Undelivered | Should -Be 'Waiting', 2
        ($waiting | Out-String -Width 80) | Should -Match 'Waiting'
        if (-not $IsWindows) { (Get-Item $folder/alice.state).UnixMode | Should -Be '-rw-------' }

        $proxy.IsShut = $false
        $session = Connect-Station @to -KeyPair alice -StatePath $folder/alice.state
        $session.Id | Should -Be $waiting.Id
        (Receive-StationMessage -Listener $listener -Count 3 -TimeoutSec 60).Body | Should -Be 'one', 'two', 'three'
        $session | Disconnect-Station
    }

    It 'gives what was unread when its process died, though the session is over by then' {
        $script = @"
Import-Module '$root/SecureStation.psd1'
`$s = Connect-Station 127.0.0.1 $($proxy.Port) -Fingerprint $($listener.Fingerprint) -KeyPair alice -KeyStore '$($keys.KeyStore)' -TrustStore '$($peers.TrustStore)' -StatePath '$folder/alice.state'
'connected'
Start-Sleep 600
"@
        $process = Start-PowerShell '-Command', $script -Redirect
        try {
            $process.StandardOutput.ReadLine() | Should -Be 'connected'
            $accepted = Wait-StationSession $listener -TimeoutSec 60
            'one', 'two' | Send-StationMessage -Session $accepted -Wait -TimeoutSec 60
        } finally {
            $process.Kill($true)
            $process.WaitForExit()
        }
        $accepted | Disconnect-Station -Force
        $session = Connect-Station @to -KeyPair alice -StatePath $folder/alice.state -TimeoutSec 60 -WarningVariable warnings -WarningAction SilentlyContinue
        $session.Id | Should -Not -Be $accepted.Id
        $warnings | Should -Match "session $($accepted.Id.Substring(0, 8)).*2 messages"
        $over = Get-StationSession "$($accepted.Id):initiator"
        ($over | Receive-StationMessage -Count 2 -TimeoutSec 60).Body | Should -Be 'one', 'two'
        Get-StationSession | Where-Object Id -EQ $accepted.Id | Should -BeNullOrEmpty
        $session | Disconnect-Station
    }

    It 'needs a key that lasts, its passphrase, and a whole file; clears what is not wanted any more' {
        (Get-ErrorOf { Connect-Station @to -StatePath $folder/x.state }).FullyQualifiedErrorId | Should -Be "InvalidArgument,$connect"
        (Get-ErrorOf { Start-StationListener -StatePath $folder/x.state -TrustMode Any }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.StartStationListenerCommand'
        $session = Connect-Station @to -KeyPair alice -StatePath $folder/p.state -StatePassphrase secret
        'needle in the state' | Send-StationMessage -Session $session
        $session | Disconnect-Station
        Wait-Until { -not (Get-ErrorOf { Get-StationSession -StatePath $folder/p.state }) }
        (Get-ErrorOf { Connect-Station @to -KeyPair alice -StatePath $folder/p.state }).FullyQualifiedErrorId | Should -Be "WrongPassphrase,$connect"
        (Get-ErrorOf { Connect-Station @to -KeyPair server -StatePath $folder/p.state -StatePassphrase secret }).FullyQualifiedErrorId | Should -Be "StateFailed,$connect"
        Set-Content $folder/bad.state 'no state'
        (Get-ErrorOf { Connect-Station @to -KeyPair alice -StatePath $folder/bad.state }).FullyQualifiedErrorId | Should -Be "StateFailed,$connect"
        (Get-ErrorOf { Clear-StationState $folder/bad.state }).FullyQualifiedErrorId | Should -Be 'StateFailed,SecureStation.Commands.ClearStationStateCommand'
        Get-Content $folder/bad.state | Should -Be 'no state'
        [IO.File]::WriteAllText("$folder/bad.state", "SQLite format 3`0 and then damage")
        Clear-StationState $folder/bad.state -WhatIf
        Test-Path $folder/bad.state | Should -BeTrue
        Clear-StationState $folder/bad.state
        Test-Path $folder/bad.state | Should -BeFalse
        if (-not $IsWindows) {
            mkfifo $folder/pipe.state
            (Get-ErrorOf { Connect-Station @to -KeyPair alice -StatePath $folder/pipe.state }).FullyQualifiedErrorId | Should -Be "StateFailed,$connect"
        }
        (Get-ErrorOf { Clear-StationState $folder/server.state }).FullyQualifiedErrorId | Should -Be 'StateFailed,SecureStation.Commands.ClearStationStateCommand'
    }

    It 'loads SQLite only where a state is used' {
        $loaded = { [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -like '*Sqlite*' }
        Invoke-PowerShell "Import-Module '$root/SecureStation.psd1'; `$p = New-StationLoopback; 'x' | Send-StationMessage `$p.Left; @($loaded).Count; @(& { $loaded }).Count" | Select-Object -Last 1 | Should -Be '0'
    }
}
