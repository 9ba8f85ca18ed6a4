BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $command = 'SecureStation.Commands.ReceiveStationFileCommand'

    # Receives in a thread of its own, from the right end of a pair.
    function Start-Receiving([hashtable] $Parameters) {
        Start-ThreadJob -ArgumentList $pair.Right, $Parameters, "$root/SecureStation.psd1" {
            param($session, $parameters, $module)
            Import-Module $module
            Receive-StationFile $session @parameters
        }
    }
}

Describe 'Receive-StationFile' {
    BeforeEach {
        $work = (New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid().ToString('n'))").FullName
        $in = (New-Item -ItemType Directory $work/in).FullName
        $pair = New-StationLoopback
        Push-Location $work
        'one' | Set-Content 1.txt
        'two' | Set-Content 2.txt
    }

    AfterEach {
        Pop-Location
        $pair.Left, $pair.Right | Disconnect-Station -Force
    }

    It 'takes one file, and says where it is' {
        $job = Start-Receiving @{ DestinationPath = $in }
        Send-StationFile 1.txt -Session $pair.Left
        $received = $job | Receive-Job -Wait
        $received.Name, $received.Path, $received.State, $received.Direction | Should -Be '1.txt', ([IO.Path]::Combine($in, '1.txt')), 'Completed', 'Receive'
        Get-Content in/1.txt | Should -Be 'one'
    }

    It 'takes -Count files' {
        $job = Start-Receiving @{ Destination = $in; Count = 2 }
        Send-StationFile *.txt -Session $pair.Left
        @($job | Receive-Job -Wait).Count | Should -Be 2
    }

    It 'takes all until the session closes with -Wait' {
        $job = Start-Receiving @{ LiteralPath = $in; Wait = $true }
        Send-StationFile 1.txt, 2.txt -Session $pair.Left
        Disconnect-Station $pair.Left
        ($job | Receive-Job -Wait).Name | Sort-Object | Should -Be '1.txt', '2.txt'
    }

    It 'replaces nothing without -Force, and the sender learns why' {
        'mine' | Set-Content in/1.txt
        $job = Start-Receiving @{ DestinationPath = $in; Count = 1 }
        (Get-ErrorOf { Send-StationFile 1.txt -Session $pair.Left }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        (Get-ErrorOf { $job | Receive-Job -Wait }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        Get-Content in/1.txt | Should -Be 'mine'
        $job = Start-Receiving @{ DestinationPath = $in; Force = $true }
        Send-StationFile 1.txt -Session $pair.Left
        ($job | Receive-Job -Wait).State | Should -Be 'Completed'
        Get-Content in/1.txt | Should -Be 'one'
    }

    It 'takes no more than -MaxFiles' {
        $job = Start-Receiving @{ DestinationPath = $in; Count = 2; MaxFiles = 1 }
        (Get-ErrorOf { Send-StationFile 1.txt, 2.txt -Session $pair.Left }).FullyQualifiedErrorId | Should -BeLike 'TransferLimit,*'
        (Get-ErrorOf { $job | Receive-Job -Wait }).FullyQualifiedErrorId | Should -BeLike 'TransferLimit,*'
        (Get-ChildItem in).Count | Should -Be 1
    }

    It 'takes a session by pipeline, and is over when nothing comes for -TimeoutSec' {
        (Get-ErrorOf { $pair.Right | Receive-StationFile -Destination $in -TimeoutSec 0.3 }).FullyQualifiedErrorId | Should -Be "Timeout,$command"
        (Get-ErrorOf { $pair.Right | Receive-StationFile -Destination $in -TimeoutSec 0 }).FullyQualifiedErrorId | Should -Be "Timeout,$command"
    }

    It 'takes nothing with -WhatIf' {
        Receive-StationFile $pair.Right $in -WhatIf | Should -BeNullOrEmpty
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'a folder that is not there'; Id = 'NotFound'; Script = { Receive-StationFile $pair.Right nowhere } }
        @{ Case = 'a file instead of a folder'; Id = 'NotFound'; Script = { Receive-StationFile $pair.Right 1.txt } }
        @{ Case = 'a session that is over'; Id = 'SessionClosed'; Script = { Disconnect-Station $pair.Left; Receive-StationFile $pair.Right $in -TimeoutSec 30 } }
        @{ Case = 'a session of a listener that takes files'; Id = 'InvalidState'; Script = {
                $peers = New-TestTrustStore
                $listener = Start-StationListener -ReceiveFolder $in @peers
                try {
                    $null = Connect-Station $listener @peers
                    $session = Wait-StationSession $listener -TimeoutSec 30
                    Receive-StationFile $session $in -TimeoutSec 5
                } finally { Stop-StationListener $listener } } }
    ) {
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,$command"
    }
}
