BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Invoke-StationRequest' {
    BeforeAll {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $session = $listener | Connect-Station @peers
        $secret = 'from the caller'
        Register-StationHandler -Listener $listener echo { param($request) , $request.Argument }
        Register-StationHandler -Listener $listener count { param($request) 1..$request.Argument }
        Register-StationHandler -Listener $listener fails { param($request) Write-Error -Message "no $($request.Argument) in /home/alice/keys/x.pem" -ErrorId NoThing -Category ObjectNotFound }
        Register-StationHandler -Listener $listener throws { throw [InvalidOperationException]::new('it broke') }
        Register-StationHandler -Listener $listener sleeps { 'begun'; Start-Sleep 600 }
    }

    AfterAll { Stop-StationListener $listener }

    It 'gives text, bytes and objects to the handler and back, inert' {
        Invoke-StationRequest $session echo 'hello' | Should -BeExactly 'hello'
        Invoke-StationRequest $session echo '' | Should -BeExactly ''
        , (Invoke-StationRequest -Session $session -Name ECHO -Argument ([byte[]] (1, 2, 255))) | Should -BeOfType ([byte[]])
        $back = Invoke-StationRequest $session echo ([pscustomobject]@{ Name = 'x'; When = [datetime] '2026-01-02' })
        $back.Name | Should -Be 'x'
        $back.When | Should -BeOfType ([datetime])
        Invoke-StationRequest $session echo (Get-Process -Id $PID) -WarningAction Ignore | ForEach-Object { $_.PSTypeNames[0] } | Should -BeLike 'Deserialized.*'
        Invoke-StationRequest $session echo $null | Should -BeNullOrEmpty
        Invoke-StationRequest $session echo | Should -BeNullOrEmpty
    }

    It 'asks once for each input, many at once, and answers in their order' {
        1..100 | Invoke-StationRequest $session echo -TimeoutSec 120 | Should -Be (1..100)
        (Invoke-StationRequest $session count 5000 -TimeoutSec 120).Count | Should -Be 5000
    }

    It 'streams: what has come is written before the handler ends, and Select-Object -First ends it' {
        $running = Get-StationHandler sleeps -Listener $listener
        Invoke-StationRequest $session sleeps -TimeoutSec -1 | Select-Object -First 1 | Should -Be 'begun'
        Wait-Until { $running.Running -eq 0 }
        $running.Failed | Should -BeGreaterThan 0
    }

    It 'asks several sessions' {
        $second = New-StationInvitation $listener | Connect-Station @peers
        Invoke-StationRequest -Session $session, $second -Name echo -Argument x | Should -Be 'x', 'x'
        Disconnect-Station $second
    }

    It 'gives a handler''s error its id, category and message, without stack or path' {
        $problem = Get-ErrorOf { Invoke-StationRequest $session fails key }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NoThing,*InvokeStationRequestCommand'
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$problem" | Should -BeLike 'no key in *x.pem'
        $problem.Exception.Fault | Should -Be 'HandlerFailed'
        $problem.Exception.ErrorId | Should -BeLike 'NoThing*'
        ($problem | Format-List * -Force | Out-String) | Should -Not -Match 'alice'
        $thrown = Get-ErrorOf { Invoke-StationRequest $session throws }
        $thrown.FullyQualifiedErrorId | Should -BeLike 'it broke,*'
        "$thrown" | Should -Be 'it broke'
    }

    It 'says what else can go wrong, by its own ids: <Id>' -TestCases @(
        @{ Id = 'NotFound'; Script = { Invoke-StationRequest $session nobody } }
        @{ Id = 'InvalidArgument'; Script = { Invoke-StationRequest $session 'no name' } }
        @{ Id = 'Timeout'; Script = { Invoke-StationRequest $session sleeps -TimeoutSec 0.5 } }
        @{ Id = 'SecretRefused'; Script = { Invoke-StationRequest $session echo (ConvertTo-SecureString x -AsPlainText -Force) } }
        @{ Id = 'UnrolledBytes'; Script = { [byte[]] (1, 2) | Invoke-StationRequest $session echo } }
        @{ Id = 'ParameterArgumentTransformationError'; Script = { Invoke-StationRequest no-session echo } }
    ) {
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'is UnknownService where nobody answers, and SessionClosed after the end' {
        $pair = New-StationLoopback
        (Get-ErrorOf { Invoke-StationRequest $pair.Left echo }).FullyQualifiedErrorId | Should -BeLike 'UnknownService,*'
        Disconnect-Station $pair.Left
        (Get-ErrorOf { Invoke-StationRequest $pair.Left echo }).FullyQualifiedErrorId | Should -BeLike 'SessionClosed,*'
    }

    It 'is NotAllowed to a peer without the capability, or that the handler is not for' {
        $store = New-TestTrustStore
        $alice = New-StationKeyPair
        $bob = New-StationKeyPair
        Add-StationPeer alice -PublicKey $alice.PublicKey -Accept @store
        Add-StationPeer bob -PublicKey $bob.PublicKey -Accept @store
        $own = Start-StationListener -NoInvitation @store
        try {
            Register-StationHandler -Listener $own -Name hers -Peer alice -ScriptBlock { $request.Peer }
            Register-StationHandler -Listener $own -Name his -Peer $bob.Fingerprint -ScriptBlock { $request.Peer }
            $hers, $his = $alice, $bob | ForEach-Object { Connect-Station -HostName 127.0.0.1 -Port $own.Port -KeyPair $_ -Fingerprint $own.Fingerprint @store }
            Invoke-StationRequest $hers hers | Should -Be alice
            Invoke-StationRequest $his his | Should -Be bob
            (Get-ErrorOf { Invoke-StationRequest $his hers }).FullyQualifiedErrorId | Should -BeLike 'NotAllowed,*'
            Set-StationPeer alice -Capability file @store
            (Get-ErrorOf { Invoke-StationRequest $hers hers }).FullyQualifiedErrorId | Should -BeLike 'NotAllowed,*'
            Set-StationPeer alice -Capability file, request @store
            Invoke-StationRequest $hers hers | Should -Be alice
            (Get-ErrorOf { Register-StationHandler -Listener $own x { } -Peer nobody }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        } finally {
            Stop-StationListener $own
        }
    }

    It 'ends by Ctrl+C within moments, and the handler with it' {
        $handler = Get-StationHandler sleeps -Listener $listener
        $shell = [powershell]::Create()
        $null = $shell.AddScript({ param($manifest, $session) Import-Module $manifest; Invoke-StationRequest $session sleeps -TimeoutSec -1 }).AddArgument("$root/SecureStation.psd1").AddArgument($session)
        $running = $shell.BeginInvoke()
        Wait-Until { $handler.Running -eq 1 }
        $shell.Stop()
        Wait-Until { $handler.Running -eq 0 }
        $shell.Dispose()
    }

    It 'can be mocked' {
        Mock Invoke-StationRequest { 'mocked' }
        Invoke-StationRequest $session echo x | Should -Be 'mocked'
    }
}

Describe 'Requests between two processes' {
    It 'are answered, and Unknown when the process that answers is killed' {
        $script = @'
param($Root, $Folder)
Import-Module "$Root/SecureStation.psd1"
$listener = Start-StationListener -TrustStore "$Folder/peers"
Register-StationHandler -Listener $listener -Name pid -ScriptBlock { $PID }
Register-StationHandler -Listener $listener -Name sleeps -ScriptBlock { 'begun'; Start-Sleep 600 }
Set-Content "$Folder/invitation.tmp" $listener.Invitation.Reveal()
Move-Item "$Folder/invitation.tmp" "$Folder/invitation.txt"
Start-Sleep 600
'@
        Set-Content "$TestDrive/answer.ps1" $script
        $process = Start-PowerShell '-File', "$TestDrive/answer.ps1", $root, $TestDrive
        try {
            Wait-Until { Test-Path "$TestDrive/invitation.txt" }
            $store = New-TestTrustStore
            $session = Connect-Station -Invitation (Get-Content -Raw "$TestDrive/invitation.txt").Trim() -TimeoutSec 60 @store
            Invoke-StationRequest $session pid | Should -Be $process.Id
            $job = Start-ThreadJob {
                Import-Module "$using:root/SecureStation.psd1"
                Invoke-StationRequest $using:session sleeps -TimeoutSec -1 -ErrorVariable problem -ErrorAction SilentlyContinue
                $problem[0].FullyQualifiedErrorId
            }
            Wait-Until { $job.Output.Count -gt 0 }
            Stop-PowerShell $process
            ($job | Wait-Job -Timeout 120 | Receive-Job)[-1] | Should -BeLike 'Unknown,*'
        } finally {
            Stop-PowerShell $process
        }
    }
}
