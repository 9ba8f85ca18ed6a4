# Files over sessions that are cut, and over processes that die.
BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/CuttingProxy.ps1

    function New-BigFile([string] $Path) {
        $bytes = [byte[]]::new(24MB)
        [Random]::new(1).NextBytes($bytes)
        [IO.File]::WriteAllBytes($Path, $bytes)
    }
}

Describe 'A file over a session that is resumed' {
    BeforeEach {
        $peers, $keys = (New-TestTrustStore), (New-TestKeyStore)
        $null = New-StationKeyPair alice @keys
        $null = New-StationKeyPair server @keys
        $folder = (New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid().ToString('n'))").FullName
        $in = (New-Item -ItemType Directory $folder/in).FullName
        New-BigFile $folder/big.bin
        $listen = @{ KeyPair = 'server'; TrustMode = 'Any'; ReceiveFolder = $in } + $peers + $keys
        $connect = @{ HostName = '127.0.0.1'; KeyPair = 'alice' } + $peers + $keys
    }

    AfterEach {
        Get-StationSession | Disconnect-Station -Force
        $null = $proxy.DisposeAsync().AsTask().Wait(5000)
        Get-StationListener | Stop-StationListener
    }

    It 'goes on by itself after cuts, without a state' {
        $listener = Start-StationListener @listen
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $session = Connect-Station @connect -Port $proxy.Port -Fingerprint $listener.Fingerprint -Reconnect
        $proxy.CutAfter(5MB)
        $transfer = Send-StationFile $folder/big.bin -Session $session -NoWait
        Wait-Until { $session.Resumes -eq 1 }
        $proxy.CutAfter(3MB)
        $transfer.WaitAsync().Wait(120000) | Should -BeTrue
        $transfer.State, $transfer.Error | Should -Be 'Completed', $null
        $session.Resumes | Should -BeGreaterOrEqual 1
        (Get-FileHash $in/big.bin).Hash | Should -Be (Get-FileHash $folder/big.bin).Hash
        @(Get-ChildItem $in -Force).Count | Should -Be 1
    }

    It 'goes on by itself after the receiver was started anew with its state' {
        $listener = Start-StationListener @listen -StatePath $folder/server.state
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $session = Connect-Station @connect -Port $proxy.Port -Fingerprint $listener.Fingerprint -StatePath $folder/alice.state
        $proxy.CutAfter(5MB)
        $transfer = Send-StationFile $folder/big.bin -Session $session -NoWait
        Wait-Until { $session.State -eq 'Reconnecting' -or $session.Resumes }
        $proxy.IsShut = $true
        $proxy.Cut()
        $listener | Stop-StationListener
        $listener = Start-StationListener @listen -StatePath $folder/server.state
        $proxy.TargetPort = $listener.Port
        $proxy.IsShut = $false
        $transfer.WaitAsync().Wait(120000) | Should -BeTrue
        $transfer.State, $transfer.Error | Should -Be 'Completed', $null
        (Get-FileHash $in/big.bin).Hash | Should -Be (Get-FileHash $folder/big.bin).Hash
    }

    It 'goes on where it was when its sender was killed, and the next process sends it again in the same session' {
        $listener = Start-StationListener @listen -StatePath $folder/server.state
        $proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
        $process = Start-PowerShell '-Command', @"
Import-Module '$root/SecureStation.psd1'
`$s = Connect-Station 127.0.0.1 $($proxy.Port) -Fingerprint $($listener.Fingerprint) -KeyPair alice -KeyStore '$($keys.KeyStore)' -TrustStore '$($peers.TrustStore)' -StatePath '$folder/alice.state'
'hello' | Send-StationMessage `$s -Wait
Send-StationFile '$folder/big.bin' -Session `$s
"@ -Redirect
        try {
            $accepted = Wait-StationSession $listener -TimeoutSec 60
            $proxy.CutAfter(9MB)
            Wait-Until { $accepted.State -eq 'Reconnecting' -or $accepted.Resumes }
        } finally {
            $process.Kill($true)
            $process.WaitForExit()
        }
        $session = Connect-Station @connect -Port $proxy.Port -Fingerprint $listener.Fingerprint -StatePath $folder/alice.state -TimeoutSec 60
        $session.Id | Should -Be $accepted.Id
        $sent = Send-StationFile $folder/big.bin -Session $session -PassThru -TimeoutSec 120
        $sent.State | Should -Be 'Completed'
        $sent.BytesSkipped | Should -BeGreaterThan 0
        (Get-FileHash $in/big.bin).Hash | Should -Be (Get-FileHash $folder/big.bin).Hash
    }
}
