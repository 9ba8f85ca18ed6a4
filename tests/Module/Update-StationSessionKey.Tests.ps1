BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Update-StationSessionKey' {
    AfterEach { Get-StationSession | Disconnect-Station -Force }

    It 'changes the keys under load, and no message is lost' {
        $pair = New-StationLoopback
        $left = $pair.Left
        $job = Start-ThreadJob { Import-Module $using:root/SecureStation.psd1; 1..2000 | Send-StationMessage $using:left }
        foreach ($i in 1..20) { $pair.Left, $pair.Right | Update-StationSessionKey }
        $received = Receive-StationMessage $pair.Right -Count 2000 -TimeoutSec 20
        $received.Body | Should -Be (1..2000)
        $null = $job | Receive-Job -Wait
        'after' | Send-StationMessage $pair.Right
        (Receive-StationMessage $pair.Left -TimeoutSec 5).Body | Should -Be 'after'
    }

    It 'writes the session with -PassThru, and changes nothing with -WhatIf' {
        $pair = New-StationLoopback
        $pair.Left | Update-StationSessionKey -PassThru | Should -Be $pair.Left
        $pair.Left | Update-StationSessionKey -PassThru -WhatIf | Should -BeNullOrEmpty
    }

    It 'refuses a session that has ended' {
        $pair = New-StationLoopback
        $pair.Left | Disconnect-Station
        (Get-ErrorOf { $pair.Left | Update-StationSessionKey }).FullyQualifiedErrorId | Should -Be 'InvalidState,SecureStation.Commands.UpdateStationSessionKeyCommand'
    }
}
