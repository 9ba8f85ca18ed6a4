BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Register-StationHandler' {
    BeforeAll {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $session = $listener | Connect-Station @peers
    }

    AfterAll { Stop-StationListener $listener }
    AfterEach { Get-StationHandler -Listener $listener | Unregister-StationHandler }

    It 'gives the script its variables, modules, $using: values and the caller''s folder' {
        Set-Content "$TestDrive/Extra.psm1" 'function Get-Extra { "extra $args" }'
        $mine = 'mine'
        $object = [pscustomobject]@{ Deep = @{ Er = 'deeper' } }
        Push-Location $TestDrive
        try {
            Register-StationHandler -Listener $listener all -Variable @{ given = 'given' } -Module ./Extra.psm1 -ScriptBlock {
                param($r)
                $given; $using:mine; $using:object.Deep.Er; Get-Extra $r.Argument; (Get-Location).ProviderPath; $request.Name
            }
        } finally {
            Pop-Location
        }

        Invoke-StationRequest $session all 7 | Should -Be 'given', 'mine', 'deeper', 'extra 7', (Get-Item $TestDrive).FullName, 'all'
    }

    It 'shows the script who asks and what' {
        Register-StationHandler -Listener $listener who { param($r) $r.Fingerprint; $r.Peer; $r.Session.Id; $r.Argument; $r.CancellationToken.CanBeCanceled; $r.ReceivedAt.GetType().Name }
        Invoke-StationRequest $session who x | Should -Be $session.LocalFingerprint, $session.LocalFingerprint, $session.Id, 'x', $true, 'DateTimeOffset'
    }

    It 'keeps requests apart: what one leaves behind the next does not find' {
        Register-StationHandler -Listener $listener leaves -MaxRequests 1 { "$(Get-Variable left -Scope Script -ValueOnly -ErrorAction Ignore)"; Set-Variable left left -Scope Script; Set-Location / ; $env:PATH.Length -gt 0 }
        1..3 | ForEach-Object { (Invoke-StationRequest $session leaves)[0] } | Should -Be '', '', ''
    }

    It 'answers in a session of ours too' {
        $accepted = Wait-StationSession $listener -TimeoutSec 30
        Register-StationHandler -Session $session -Name client.time -ScriptBlock { 'client' }
        Invoke-StationRequest $accepted client.time | Should -Be 'client'
        Get-StationHandler -Session $session | ForEach-Object Name | Should -Be 'client.time'
        Unregister-StationHandler client.time -Session $session
        (Get-ErrorOf { Invoke-StationRequest $accepted client.time }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'goes on, and the session with it, when a script <What>' -TestCases @(
        @{ What = 'exits'; Script = { 'before'; exit 3 } }
        @{ What = 'throws'; Script = { throw 'up' } }
        @{ What = 'is no script at run time'; Script = { & (Get-Command no-such-command-at-all) } }
        @{ What = 'asks at a prompt'; Script = { Read-Host 'what' } }
        @{ What = 'writes to every other stream without end'; Script = { 1..20000 | ForEach-Object { Write-Warning x; Write-Information x; Write-Verbose x -Verbose; Write-Progress x }; 'done' } }
        @{ What = 'writes what is too large'; Script = { , [byte[]]::new(17MB) } }
        @{ What = 'writes a secret'; Script = { ConvertTo-SecureString x -AsPlainText -Force } }
        @{ What = 'removes all variables'; Script = { Get-Variable | Remove-Variable -Force -ErrorAction Ignore } }
        @{ What = 'breaks out of a loop that it is not in'; Script = { break } }
    ) {
        Register-StationHandler -Listener $listener bad $Script -MaxRequests 1
        Register-StationHandler -Listener $listener good { 'good' }
        1..2 | ForEach-Object { $null = Invoke-StationRequest $session bad -TimeoutSec 60 -ErrorAction Ignore }
        Invoke-StationRequest $session good -TimeoutSec 60 | Should -Be 'good'
        'text' | Send-StationMessage $session -Wait
        Wait-Until { (Get-StationHandler bad -Listener $listener).Running -eq 0 }
    }

    It 'writes 10 GB no faster than they are read, and stops when nobody reads any more' {
        Register-StationHandler -Listener $listener flood { $block = 'x' * 1MB; for ($i = 0; $i -lt 10240; $i++) { $block } }
        (Invoke-StationRequest $session flood -TimeoutSec 60 | Select-Object -First 20 | Measure-Object Length -Sum).Sum | Should -Be 20MB
        Wait-Until { (Get-StationHandler flood -Listener $listener).Running -eq 0 }
        'text' | Send-StationMessage $session -Wait
    }

    It 'ends a script that never ends, after its time, and others have theirs' {
        Register-StationHandler -Listener $listener endless { while ($true) { } } -TimeoutSec 1
        Register-StationHandler -Listener $listener good { 'good' }
        (Get-ErrorOf { Invoke-StationRequest $session endless -TimeoutSec 60 }).FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        Invoke-StationRequest $session good | Should -Be 'good'
        Wait-Until { (Get-StationHandler endless -Listener $listener).Running -eq 0 }
    }

    It 'cancels the token of a script that waits in .NET' {
        Register-StationHandler -Listener $listener waits { param($r) 'begun'; $null = $r.CancellationToken.WaitHandle.WaitOne() }
        Invoke-StationRequest $session waits | Select-Object -First 1 | Should -Be 'begun'
        Wait-Until { (Get-StationHandler waits -Listener $listener).Running -eq 0 }
    }

    It 'runs no more at once than it may, in all and for one peer' {
        $places = [Threading.SemaphoreSlim]::new(2)
        Register-StationHandler -Listener $listener few -MaxRequests 2 -Variable @{ places = $places } {
            if (-not $places.Wait(0)) { return 'too many' }
            Start-Sleep -Milliseconds 50
            $null = $places.Release()
            'ok'
        }
        1..10 | Invoke-StationRequest $session few -TimeoutSec 60 | Should -Be (@('ok') * 10)
        $handler = Get-StationHandler few -Listener $listener
        $handler.Answered | Should -Be 10
        $handler.MaxRequests | Should -Be 2
        $handler.MaxRequestsPerPeer | Should -Be 8
    }

    It 'refuses a name that is taken, and takes its place with -Force' {
        Register-StationHandler -Listener $listener twice { 1 }
        (Get-ErrorOf { Register-StationHandler -Listener $listener Twice { 2 } }).FullyQualifiedErrorId | Should -Be 'AlreadyExists,SecureStation.Commands.RegisterStationHandlerCommand'
        (Register-StationHandler -Listener $listener Twice { 2 } -Force -PassThru).Name | Should -Be 'Twice'
        Invoke-StationRequest $session twice | Should -Be 2
    }

    It 'says by a typed error what it cannot be: <Id>' -TestCases @(
        @{ Id = 'InvalidArgument'; With = @{ Name = 'a b' } }
        @{ Id = 'InvalidArgument'; With = @{ Name = 'a'; Module = 'no-such-module-at-all' } }
        @{ Id = 'InvalidArgument'; With = @{ Name = 'a'; TimeoutSec = 0 } }
        @{ Id = 'NotFound'; With = @{ Name = 'a'; Peer = 'nobody' } }
        @{ Id = 'ParameterArgumentValidationError'; With = @{ Name = 'a'; MaxRequests = 0 } }
    ) {
        (Get-ErrorOf { Register-StationHandler -Listener $listener -ScriptBlock { } @With }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-StationHandler -Listener $listener | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        Register-StationHandler -Listener $listener whatif { } -WhatIf
        Get-StationHandler -Listener $listener | Should -BeNullOrEmpty
        Register-StationHandler -Listener $listener whatif { }
        Get-StationHandler | Unregister-StationHandler -WhatIf
        (Get-StationHandler whatif -Listener $listener).IsRegistered | Should -BeTrue
    }

    It 'ends with its listener' {
        $short = Start-StationListener @peers
        $handler = Register-StationHandler -Listener $short short { } -PassThru
        Stop-StationListener $short
        $handler.IsRegistered | Should -BeFalse
        (Get-ErrorOf { Register-StationHandler -Listener $short late { } }).FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
    }
}

Describe 'Get-StationHandler and Unregister-StationHandler' {
    BeforeAll {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        Register-StationHandler -Listener $listener disk.free { }
        Register-StationHandler -Listener $listener disk.used { }
        Register-StationHandler -Listener $listener other { }
    }

    AfterAll { Stop-StationListener $listener }

    It 'lists handlers by name, with wildcards, by listener, and all of them' {
        Get-StationHandler disk.* | ForEach-Object Name | Should -Be 'disk.free', 'disk.used'
        ($listener | Get-StationHandler).Count | Should -Be 3
        Get-StationHandler other | ForEach-Object Owner | Should -Be $listener.Id
        (Get-ErrorOf { Get-StationHandler nobody }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationHandlerCommand'
    }

    It 'takes them away by name and from the pipeline' {
        Unregister-StationHandler disk.u* -Listener $listener
        $handler = Get-StationHandler disk.free
        $handler | Unregister-StationHandler
        (Get-ErrorOf { $handler | Unregister-StationHandler }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        (Get-ErrorOf { Unregister-StationHandler disk.free -Listener $listener }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-StationHandler | ForEach-Object Name | Should -Be 'other'
    }

    It 'completes their names' {
        $line = 'Get-StationHandler ot'
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Be 'other'
    }
}
