BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/CuttingProxy.ps1
}

Describe 'A session with -Reconnect' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers -TrustMode Any
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $session = Connect-Station 127.0.0.1 $proxy.Port -Fingerprint $listener.Fingerprint -Reconnect @peers
        $accepted = Wait-StationSession $listener -TimeoutSec 30
    }

    AfterEach {
        $session | Disconnect-Station -Force
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
        Get-StationListener | Stop-StationListener
    }

    It 'survives a cut: what is sent meanwhile arrives once and in order, and a receive waits through it' {
        'before' | Send-StationMessage -Session $session -Wait
        $proxy.IsShut = $true
        $proxy.Cut()
        Wait-Until { $session.State -eq 'Reconnecting' -and $accepted.State -eq 'Reconnecting' }
        (Get-StationSession -Listener $listener).State | Should -Be 'Reconnecting'
        'one', 'two' | Send-StationMessage -Session $session
        (Get-ErrorOf { 'three' | Send-StationMessage -Session $session -Wait -TimeoutSec 0.2 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.SendStationMessageCommand'
        'back' | Send-StationMessage -Session $accepted
        (Get-ErrorOf { Receive-StationMessage $session -TimeoutSec 0.2 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveStationMessageCommand'
        $proxy.IsShut = $false
        (Receive-StationMessage $session -TimeoutSec 60).Body | Should -Be 'back'
        (Receive-StationMessage -Listener $listener -Count 4 -TimeoutSec 60).Body | Should -Be 'before', 'one', 'two', 'three'
        $session.State | Should -Be 'Open'
        $session.Resumes | Should -Be 1
        @($listener.Sessions).Count | Should -Be 1
    }

    It 'tells of cuts by events' {
        Register-ObjectEvent $session Reconnecting -SourceIdentifier cut
        Register-ObjectEvent $session Resumed -SourceIdentifier again
        try {
            $proxy.Cut()
            (Wait-Event -SourceIdentifier again -Timeout 60).Sender.Id | Should -Be $session.Id
            (Get-Event -SourceIdentifier cut).SourceEventArgs.Reason.Fault | Should -Be 'Truncated'
        } finally {
            'cut', 'again' | ForEach-Object { Unregister-Event -SourceIdentifier $_ }
            Get-Event | Remove-Event
        }
    }

    It 'works on in a thread job that uses it' {
        $job = Start-ThreadJob { Import-Module $using:root/SecureStation.psd1; 1..200 | ForEach-Object { "m$_" | Send-StationMessage -Session $using:session; Start-Sleep -Milliseconds 2 } }
        $got = 1..200 | ForEach-Object {
            if ($_ -in 50, 100, 150) { $proxy.Cut() }
            (Receive-StationMessage -Listener $listener -TimeoutSec 60).Body
        }
        $got | Should -Be (1..200 | ForEach-Object { "m$_" })
        $job | Wait-Job -Timeout 120 | Receive-Job | Should -BeNullOrEmpty
    }

    It 'works on in the runspaces of ForEach-Object -Parallel that use it' {
        $receiving = Start-ThreadJob {
            Import-Module $using:root/SecureStation.psd1
            $proxy = $using:proxy
            1..200 | ForEach-Object {
                if ($_ -in 50, 100, 150) { $proxy.Cut() }
                (Receive-StationMessage -Listener $using:listener -TimeoutSec 60).Body
            }
        }
        1..200 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:root/SecureStation.psd1
            "m$_" | Send-StationMessage -Session $using:session
            Start-Sleep -Milliseconds 5
        }
        $got = $receiving | Wait-Job -Timeout 120 | Receive-Job
        ($got | Sort-Object { [int] $_.Substring(1) }) | Should -Be (1..200 | ForEach-Object { "m$_" })
        $session.Resumes | Should -BeGreaterThan 0
    }

    It 'is lost when the listener keeps it no longer, and says what is not known of each message' {
        $proxy.IsShut = $true
        $proxy.Cut()
        Wait-Until { $accepted.State -eq 'Reconnecting' }
        'never' | Send-StationMessage -Session $session
        $listener | Stop-StationListener
        $accepted.EndReason.Fault | Should -Be 'SessionLost'
        (Get-ErrorOf { Receive-StationMessage $accepted -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionLost,SecureStation.Commands.ReceiveStationMessageCommand'
        (Get-ErrorOf { Disconnect-Station $session }).FullyQualifiedErrorId | Should -Be 'Undelivered,SecureStation.Commands.DisconnectStationCommand'
    }

    It 'refuses what cannot be resumed, and a window that is none' {
        (Get-ErrorOf { Start-StationListener -ResumeWindow 300 }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.StartStationListenerCommand'
        if ($hasLegacy) {
            (Get-ErrorOf { Connect-Station 127.0.0.1 9 -Protocol IdeaStation -AllowLegacy -Reconnect -WarningAction SilentlyContinue }).FullyQualifiedErrorId |
                Should -Be 'InvalidArgument,SecureStation.Commands.ConnectStationCommand'
        }
    }
}

Describe 'A listener with -ResumeWindow 0' {
    It 'keeps no session over a cut' {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers -TrustMode Any -ResumeWindow 0
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $session = Connect-Station 127.0.0.1 $proxy.Port -Fingerprint $listener.Fingerprint -Reconnect @peers
        $session.IsResumable | Should -BeFalse
        $proxy.Cut()
        (Get-ErrorOf { Receive-StationMessage $session -TimeoutSec 60 }).FullyQualifiedErrorId | Should -Be 'Truncated,SecureStation.Commands.ReceiveStationMessageCommand'
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
        $listener | Stop-StationListener
    }
}
