BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Receive-StationMessage' {
    BeforeEach { $pair = New-StationLoopback }
    AfterEach { Get-StationListener | Stop-StationListener; Get-StationSession | Disconnect-Station -Force }

    It 'takes one message, or as many as -Count says' {
        1..4 | Send-StationMessage $pair.Left -Wait
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 1
        ($pair.Right | Receive-StationMessage -Count 2 -TimeoutSec 5).Body | Should -Be 2, 3
        $pair.Right.InboxCount | Should -Be 1
    }

    It 'polls with 0' {
        'here' | Send-StationMessage $pair.Left -Wait
        (Receive-StationMessage $pair.Right -TimeoutSec 0).Body | Should -Be 'here'
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 0 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveStationMessageCommand'
    }

    It 'writes what came, then one error, on a time-out' {
        1..2 | Send-StationMessage $pair.Left -Wait
        $came = Receive-StationMessage $pair.Right -Count 5 -TimeoutSec 0.3 -ErrorAction SilentlyContinue -ErrorVariable failures
        $came.Body | Should -Be 1, 2
        $failures.Count | Should -Be 1
        $failures[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
    }

    It 'bounds the whole call with -TimeoutSec' {
        $job = Start-ThreadJob {
            Import-Module "$using:root/SecureStation.psd1"
            1..20 | ForEach-Object { Start-Sleep -Milliseconds 200; $_ } | Send-StationMessage ($using:pair).Left
        }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = Receive-StationMessage $pair.Right -Count 20 -TimeoutSec 1 -ErrorAction SilentlyContinue
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        $job | Remove-Job -Force
    }

    It 'streams with -Wait until the session closes, without an error' {
        1..10 | Send-StationMessage $pair.Left
        Disconnect-Station $pair.Left
        $bodies = (Receive-StationMessage $pair.Right -Wait -TimeoutSec 5 -ErrorVariable failures).Body
        $bodies.Count | Should -Be 10
        $failures | Should -BeNullOrEmpty
    }

    It 'bounds the silence between messages with -Wait' {
        1..3 | Send-StationMessage $pair.Left -Wait
        $came = Receive-StationMessage $pair.Right -Wait -TimeoutSec 0.3 -ErrorAction SilentlyContinue -ErrorVariable failures
        $came.Count | Should -Be 3
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
    }

    It 'takes a message only when the one before was written' {
        1..5 | Send-StationMessage $pair.Left -Wait
        $null = Receive-StationMessage $pair.Right -Count 5 -TimeoutSec 5 | Select-Object -First 2
        $pair.Right.InboxCount | Should -Be 3
    }

    It 'waits on several sessions together' {
        $other = New-StationLoopback
        'from the other' | Send-StationMessage $other.Left -Wait
        'from this' | Send-StationMessage $pair.Left -Wait
        ($pair.Right, $other.Right | Receive-StationMessage -Count 2 -TimeoutSec 5).Body | Should -Be 'from the other', 'from this'
        (Get-ErrorOf { $pair.Right, $other.Right | Receive-StationMessage -TimeoutSec 0.2 }).FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
    }

    It 'takes the oldest of any session of a listener, and its session answers' {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $one, $two = 1..2 | ForEach-Object { New-StationInvitation $listener | Connect-Station @peers }
        'second first' | Send-StationMessage $two -Wait
        'then the first' | Send-StationMessage $one -Wait
        $messages = Receive-StationMessage -Listener $listener -Count 2 -TimeoutSec 5
        $messages.Body | Should -Be 'second first', 'then the first'
        'to you' | Send-StationMessage $messages[0].Session
        (Receive-StationMessage $two -TimeoutSec 5).Body | Should -Be 'to you'
    }

    It 'shows what a peer sends so that it cannot steer the terminal' {
        "a$([char]27)[2Jb`nc", [pscustomobject]@{ x = "d$([char]27)]0;e" }, @{ key = 1 } | Send-StationMessage $pair.Left -Wait
        $shown = Receive-StationMessage $pair.Right -Count 3 -TimeoutSec 5 | Format-Table | Out-String -Width 120
        $shown | Should -BeLike "*a$([char]0xFFFD)?2Jb$([char]0x21B5)c*"
        $shown | Should -BeLike "*@{x=d$([char]0xFFFD)?0;e}*"
        $shown | Should -BeLike '*{key}*'
        # PowerShell's own colours for the header are the only escapes.
        $shown -replace '\x1b\[[\d;]*m' | Should -Not -Match '\x1b'
    }

    It 'takes the listener from the pipeline' {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        'x', 'y' | Send-StationMessage ($listener | Connect-Station @peers) -Wait
        ($listener | Receive-StationMessage -Count 2 -TimeoutSec 5).Body | Should -Be 'x', 'y'
    }

    It 'gives what is in the inbox of a closed session, then the error' {
        'one' | Send-StationMessage $pair.Left -Wait
        Disconnect-Station $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'one'
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 5 }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveStationMessageCommand'
    }

    It 'obeys Ctrl+C' {
        $shell = [powershell]::Create().AddScript({ param($manifest, $session) Import-Module $manifest; Receive-StationMessage $session }).AddArgument("$root/SecureStation.psd1").AddArgument($pair.Right)
        $null = $shell.BeginInvoke()
        Start-Sleep 1.5
        $shell.InvocationStateInfo.State | Should -Be 'Running'
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        'still there' | Send-StationMessage $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'still there'
    }
}
