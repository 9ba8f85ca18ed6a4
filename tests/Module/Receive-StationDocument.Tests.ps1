BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

# What arrives is tested with Send-StationDocument.
Describe 'Receive-StationDocument' {
    BeforeEach { $loop = New-StationLoopback }

    It 'ends by its time-out, and by Ctrl+C' {
        (Get-ErrorOf { Receive-StationDocument $loop.Right $TestDrive -TimeoutSec 0.2 }).FullyQualifiedErrorId | Should -Be 'Timeout,SecureStation.Commands.ReceiveStationDocumentCommand'
        $shell = [powershell]::Create('NewRunspace').AddScript("param(`$session) Import-Module '$root/SecureStation.psd1'; Receive-StationDocument `$session '$TestDrive'").AddArgument($loop.Right)
        $null = $shell.BeginInvoke()
        Start-Sleep 2
        (Measure-Command { $shell.Stop() }).TotalSeconds | Should -BeLessThan 20
    }

    It 'ends with the session: quietly with -Wait, else with an error' {
        Disconnect-Station $loop.Left
        $loop.Right | Receive-StationDocument -DestinationPath $TestDrive -Wait | Should -BeNullOrEmpty
        (Get-ErrorOf { Receive-StationDocument $loop.Right $TestDrive }).FullyQualifiedErrorId | Should -Be 'SessionClosed,SecureStation.Commands.ReceiveStationDocumentCommand'
    }

    It 'switches nothing on with -WhatIf' {
        Receive-StationDocument $loop.Right $TestDrive -WhatIf | Should -BeNullOrEmpty
        $loop.Right.Services.Open | Should -BeNullOrEmpty
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'a folder that is not there'; Id = 'NotFound'; Script = { Receive-StationDocument $loop.Right $TestDrive/nowhere } }
        @{ Case = 'the old protocol without -AllowLegacy'; Id = 'LegacyNotAllowed'; Script = { Receive-StationDocument -Protocol DocumentNotary -Password mysecretpassword -PublicKeyDirectory . } }
        @{ Case = 'a folder without the server''s key'; Id = 'NotFound'; Script = { Receive-StationDocument -Protocol DocumentNotary -AllowLegacy -Password mysecretpassword -PublicKeyDirectory $TestDrive -Port 0 -WarningAction SilentlyContinue } }
    ) {
        if ($Case -match 'the old' -and -not $hasLegacy) { Set-ItResult -Skipped -Because 'the old protocols are not part of this build' }
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.ReceiveStationDocumentCommand"
    }
}
