BeforeAll { . $PSScriptRoot/Setup.ps1 }

# The cmdlets of the log: Start-, Get-, Stop-, Test-StationLog.
Describe 'StationLog' {
    BeforeEach {
        $file = Join-Path $TestDrive "station-$([guid]::NewGuid().ToString('n')).log"
        $peers = New-TestTrustStore
    }

    AfterEach {
        Get-StationLog | Stop-StationLog
        Get-StationListener | Stop-StationListener
    }

    It 'writes who came, who was refused and what ended' {
        Start-StationLog $file | Should -BeNullOrEmpty
        $listener = Start-StationListener @peers
        $session = Connect-Station -Invitation $listener.Invitation @peers
        Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Fingerprint $listener.Fingerprint @peers } | Should -Not -BeNullOrEmpty
        'words' | Send-StationMessage $session -Wait
        Disconnect-Station $session
        Stop-StationListener $listener
        Stop-StationLog $file
        $events = Get-Content $file | ConvertFrom-Json
        $events[0].event | Should -Be log-started
        $events[-1].event | Should -Be log-stopped
        ($events | Where-Object event -EQ connected).Count | Should -Be 2
        ($events | Where-Object event -EQ ended).Count | Should -Be 2
        ($events | Where-Object event -EQ refused).reason | Should -Be PeerUntrusted
        ($events | Where-Object event -EQ refused).fingerprint | Should -Match '^SHA256:'
        Get-Content -Raw $file | Should -Not -Match 'words'
        Test-StationLog $file | Should -BeTrue
    }

    It 'shows the last refusals at the listener, without a log' {
        $listener = Start-StationListener @peers
        Get-ErrorOf { Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Fingerprint $listener.Fingerprint @peers } | Should -Not -BeNullOrEmpty
        Wait-Until { $listener.Refusals.Count -eq 1 }
        (Get-StationListener $listener.Id).Refusals[0].Reason | Should -Be PeerUntrusted
        ($listener.Refusals | Format-Table | Out-String -Width 80) | Should -Match 'PeerUntrusted'
    }

    It 'gives the log with -PassThru, and lists and stops it by its path' {
        $log = Start-StationLog $file -PassThru
        $log | Should -BeOfType ([SecureStation.Core.Auditing.StationLog])
        Start-StationLog "$file.two"
        (Get-StationLog).Count | Should -Be 2
        (Get-StationLog "$file.t*").Path | Should -Be "$file.two"
        $log | Get-StationLog | ForEach-Object Path | Should -Be $file
        $log | Stop-StationLog -PassThru | ForEach-Object IsRunning | Should -BeFalse
        (Get-StationLog).Path | Should -Be "$file.two"
        (Get-ErrorOf { Get-StationLog $file }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationLogCommand'
    }

    It 'goes on with a log that is there, and finds a change' {
        Start-StationLog $file; Stop-StationLog
        Start-StationLog -LiteralPath $file; $hash = (Stop-StationLog -PassThru).LastHash
        (Get-Content $file).Count | Should -Be 4
        Test-StationLog $file -LastHash $hash | Should -BeTrue
        $report = Test-StationLog -LiteralPath $file -Detailed
        $report.EntryCount | Should -Be 4
        $report.LastHash | Should -Be $hash
        (Get-Content -Raw $file).Replace('"seq":2,', '"seq":3,') | Set-Content -NoNewline $file
        Get-Item $file | Test-StationLog | Should -BeFalse
        (Test-StationLog $file -Detailed).Problems[0].Line | Should -Be 2
        (Get-Content $file)[0..2] | Set-Content $file
        Test-StationLog $file -LastHash $hash | Should -BeFalse
    }

    It 'survives kill -9: the log goes on where it was' {
        $script = "Import-Module '$root/SecureStation.psd1'; Start-StationLog -LiteralPath '$file'; `$l = Start-StationListener -TrustStore '$($peers.TrustStore)'; [Console]::WriteLine('up'); Start-Sleep 600"
        $process = Start-PowerShell -ArgumentList '-Command', $script
        try { Wait-Until { (Test-Path $file) -and (Get-Content $file).Count -ge 2 } } finally { Stop-PowerShell $process }
        Test-StationLog $file | Should -BeTrue
        Start-StationLog $file; Stop-StationLog
        (Get-Content $file | ConvertFrom-Json).event | Should -Be log-started, listener-started, log-started, log-stopped
        Test-StationLog $file | Should -BeTrue
    }

    It 'refuses what is no log, what is being written, and what is not there' {
        Set-Content $file hello
        (Get-ErrorOf { Start-StationLog $file }).FullyQualifiedErrorId | Should -Be 'LogDamaged,SecureStation.Commands.StartStationLogCommand'
        Get-Content $file | Should -Be hello
        Start-StationLog "$file.two"
        (Get-ErrorOf { Start-StationLog "$file.two" }).FullyQualifiedErrorId | Should -Be 'StorageFailed,SecureStation.Commands.StartStationLogCommand'
        (Get-ErrorOf { Start-StationLog $TestDrive }).FullyQualifiedErrorId | Should -Be 'StorageFailed,SecureStation.Commands.StartStationLogCommand'
        (Get-ErrorOf { Test-StationLog "$file.three" }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.TestStationLogCommand'
    }

    It 'has -Verbose tell the story of a connection in a few lines' {
        $story = & {
            $script:listener = Start-StationListener @peers -Verbose
            $script:secret = $listener.Invitation.Reveal()
            $script:session = Connect-Station -Invitation $listener.Invitation @peers -Verbose
            'one', 'two' | Send-StationMessage $session -Wait -Verbose
        } 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message | Out-String
        $story | Should -Match 'Listening on 127\.0\.0\.1:\d+'
        $story | Should -Match "Connecting to 127\.0\.0\.1:$($listener.Port)"
        $story | Should -Match 'secrecy: hybrid, authentication: classical'
        $story | Should -Match ([regex]::Escape($listener.Fingerprint))
        $story | Should -Match 'Gave 2 messages of 6 bytes in all'
        $story | Should -Not -Match ([regex]::Escape($secret))
    }

    It 'does nothing with -WhatIf' {
        Start-StationLog $file -WhatIf
        $file | Should -Not -Exist
        Start-StationLog $file
        Stop-StationLog -WhatIf
        (Get-StationLog).Path | Should -Be $file
    }
}
