BeforeDiscovery { $isUnix = -not $IsWindows }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Unix sockets' -Skip:(-not $isUnix) {
    BeforeEach {
        $peers = New-TestTrustStore

        # In the system's own folder for temporary files: a path of a socket is short.
        $folder = [IO.Directory]::CreateTempSubdirectory('us-').FullName
        Push-Location -LiteralPath $folder
    }

    AfterEach {
        Get-StationListener | Stop-StationListener
        Pop-Location
        Remove-Item -LiteralPath $folder -Recurse -Force
    }

    BeforeAll {
        # A listener in another process, which says where and which key, and then what it receives.
        $script = Join-Path $TestDrive 'listen.ps1'
        @'
param($Module, $Path, $Trust)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$listener = Start-StationListener -Address "unix:$Path" -TrustMode Any -TrustStore $Trust
[Console]::Out.WriteLine($listener.Invitation.Reveal())
while ($true) { [Console]::Out.WriteLine((Receive-StationMessage -Listener $listener).Body) }
'@ | Set-Content $script
        $module = Join-Path $root SecureStation.psd1

        function Start-ListenerProcess([string] $Path) {
            $process = Start-PowerShell '-File', $script, $module, $Path, $peers.TrustStore -Redirect
            $line = $process.StandardOutput.ReadLineAsync()
            if (-not $line.Wait(60000) -or -not $line.Result) { throw "The listener did not start: $($process.StandardError.ReadToEnd())" }
            $process, $line.Result
        }

        function Read-LineOf($Process) {
            $line = $Process.StandardOutput.ReadLineAsync()
            if (-not $line.Wait(60000)) { throw 'Nothing came from the other process.' }
            $line.Result
        }
    }

    It 'carry a session between two processes, by a path relative to the current folder, with blanks and umlauts' {
        $name = 'Söckchen & groß [1].sock'
        $process, $uri = Start-ListenerProcess (Join-Path $folder $name)
        try {
            [int] [IO.File]::GetUnixFileMode((Join-Path $folder $name)) | Should -Be 0x180
            $uri | Should -BeLike 'station:unix:/*/S%C3%B6ckchen%20%26%20gro%C3%9F%20%5B1%5D.sock[?]key=*'
            $session = Connect-Station -HostName "unix:./$name" -TrustMode Any @peers
            'over a file' | Send-StationMessage -Session $session
            Read-LineOf $process | Should -Be 'over a file'
            $session.RemoteAddress | Should -Be "unix:$folder/$name"
            $session | Disconnect-Station

            $invited = Connect-Station $uri @peers
            'invited' | Send-StationMessage -Session $invited
            Read-LineOf $process | Should -Be 'invited'
            $invited.TrustBasis | Should -Be 'Invitation'
            $invited | Disconnect-Station
        } finally {
            Stop-PowerShell $process
        }
    }

    It 'are free again where their listener was killed' {
        $process = (Start-ListenerProcess "$folder/s.sock")[0]
        Stop-PowerShell $process
        Test-Path s.sock | Should -BeTrue
        $failure = Get-ErrorOf { Connect-Station unix:./s.sock -TrustMode Any @peers }
        $failure.FullyQualifiedErrorId | Should -Be 'ConnectFailed,SecureStation.Commands.ConnectStationCommand'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*path*'

        $listener = Start-StationListener -Address unix:./s.sock @peers
        $session = Connect-Station $listener.Invitation @peers
        $session.State | Should -Be Open
        $session | Disconnect-Station
        $listener | Stop-StationListener
        Test-Path s.sock | Should -BeFalse
    }

    It 'are not taken from whoever listens, in this process or another' {
        $process = (Start-ListenerProcess "$folder/s.sock")[0]
        try {
            $failure = Get-ErrorOf { Start-StationListener -Address unix:s.sock @peers }
            $failure.FullyQualifiedErrorId | Should -Be 'ListenFailed,SecureStation.Commands.StartStationListenerCommand'
            $failure.CategoryInfo.Category | Should -Be ResourceUnavailable
            $failure.TargetObject | Should -Be unix:s.sock
            Test-Station unix:s.sock @peers | Should -BeTrue
        } finally {
            Stop-PowerShell $process
        }

        $null = Start-StationListener -Address unix:./other.sock @peers
        (Get-ErrorOf { Start-StationListener -Address unix:./other.sock @peers }).FullyQualifiedErrorId | Should -Be 'ListenFailed,SecureStation.Commands.StartStationListenerCommand'
        Test-Station unix:./other.sock @peers | Should -BeTrue
    }

    It 'leave a file alone that is no socket' {
        'mine' | Set-Content file
        (Get-ErrorOf { Start-StationListener -Address unix:./file @peers }).Exception.Message | Should -BeLike '*no socket*'
        Get-Content file | Should -Be mine
        (Get-ErrorOf { Start-StationListener -Address unix:./missing/s.sock @peers }).Exception.Message | Should -BeLike '*no folder*'
    }

    It 'have no port and no host name' {
        $listener = Start-StationListener -Address unix:./s.sock -NoInvitation @peers
        foreach ($wrong in { Start-StationListener 7700 -Address unix:./t.sock @peers }, { Start-StationListener -Port 0 -Address unix:./t.sock @peers },
            { Start-StationListener -Address unix:./t.sock -AdvertisedHostName me @peers },
            { Connect-Station unix:./s.sock 7700 @peers }, { Connect-Station -HostName unix:./s.sock -Port 7700 @peers }, { Test-Station unix:./s.sock -Port 7700 @peers },
            { Connect-Station unix: @peers }, { Connect-Station "unix:./$('x' * 120)" @peers }, { Start-StationListener -Address "unix:./$('x' * 120)" @peers },
            { Connect-Station unix:./s.sock -Proxy socks5://127.0.0.1:1 @peers }, { Start-DhServer -Address unix:./t.sock -AllowLegacy -WarningAction Ignore }) {
            (Get-ErrorOf $wrong).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,SecureStation.Commands.*' -Because "$wrong"
        }

        Test-Path t.sock | Should -BeFalse
        $listener.Port | Should -Be 0
        $listener.EndPoints | Should -BeNullOrEmpty
        "$($listener.Addresses)" | Should -Be "unix:$folder/s.sock"
    }

    It 'are pinned by their path, its case kept' {
        $server = New-StationKeyPair
        $listener = Start-StationListener -Address unix:./S.sock -KeyPair $server -TrustMode Any @peers
        $session = Connect-Station unix:./S.sock -TrustMode FirstUse @peers
        (Get-StationPeer @peers).Addresses | Should -Be "unix:$folder/S.sock"
        $session | Disconnect-Station
        $session = Connect-Station -HostName "unix:$folder/../$(Split-Path $folder -Leaf)/S.sock" @peers
        $session.TrustBasis | Should -Be Pinned
        $session | Disconnect-Station
        $listener | Stop-StationListener

        $null = Start-StationListener -Address unix:S.sock -TrustMode Any @peers
        (Get-ErrorOf { Connect-Station unix:./S.sock @peers }).FullyQualifiedErrorId | Should -Be 'PeerKeyChanged,SecureStation.Commands.ConnectStationCommand'
        (Test-Station unix:./S.sock -Detailed @peers).Error.Fault | Should -Be PeerKeyChanged
    }

    It 'are addresses of peers, relative ones too' {
        $server = New-StationKeyPair
        $null = Start-StationListener -Address unix:./s.sock -KeyPair $server -TrustMode Any @peers
        Add-StationPeer server -PublicKey $server.PublicKey -Address unix:./s.sock, server.example:7700 @peers
        (Get-StationPeer server @peers).Addresses | Should -Be server.example:7700, "unix:$folder/s.sock"
        Set-StationPeer server -Address unix:s.sock @peers
        $session = Connect-Station -Peer server @peers
        $session.TrustBasis | Should -Be Peer
        $session | Disconnect-Station
        Get-StationPeer server @peers | Test-Station | Should -BeTrue
    }

    It 'are tested stage by stage, without a name to resolve' {
        $null = Start-StationListener -Address unix:./s.sock @peers
        $report = Test-Station unix:./s.sock -Detailed @peers
        $report.IsAnswering | Should -BeTrue
        $report.Address | Should -Be "unix:$folder/s.sock"
        $report.ResolvedAddresses | Should -BeNullOrEmpty
        $report.Stages[0].Result | Should -Be Skipped
        Test-Station unix:./nobody.sock @peers | Should -BeFalse
        (Test-Station unix:./nobody.sock -Detailed @peers).FailedStage | Should -Be Connect
    }

    It 'show in 80 columns where a listener is' {
        $listener = Start-StationListener -Address unix:./s.sock @peers
        $table = Get-StationListener | Out-String -Width 80
        $table | Should -BeLike '*Address*unix:/*'
        ($table -split "`n" | ForEach-Object Length | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 80
        (Get-StationListener | Select-Object Address).Address | Should -Be "unix:$folder/s.sock"
        (New-StationInvitation -Listener $listener).Address | Should -Be "unix:$folder/s.sock"
        (Get-StationInvitation | Select-Object -ExpandProperty Address) | Should -Contain "unix:$folder/s.sock"
    }

    It 'do nothing with -WhatIf' {
        Start-StationListener -Address unix:./s.sock -WhatIf @peers
        Test-Path s.sock | Should -BeFalse
    }

    It 'complete as paths' {
        $null = Start-StationListener -Address unix:./station.sock @peers
        New-Item -ItemType Directory 'a b' | Out-Null
        foreach ($line in 'Connect-Station -HostName unix:./st', 'Test-Station -HostName unix:./st', 'Start-StationListener -Address unix:./st', 'Add-StationPeer x -Address unix:./st') {
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain unix:./station.sock
        }

        $line = 'Connect-Station -HostName unix:./a'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be "'unix:./a b'"
        $line = 'Connect-Station -HostName 127.0.0.1:1 -Proxy so'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -BeLike 'socks5://*'
    }

    It 'refuse named pipes, which are of Windows' {
        (Get-ErrorOf { Start-StationListener -Address pipe:station @peers }).Exception.Message | Should -BeLike '*unix:*'
        (Get-ErrorOf { Connect-Station -HostName pipe:station @peers }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.ConnectStationCommand'
    }
}
