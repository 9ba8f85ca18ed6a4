BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $peers = New-TestTrustStore
    $work = (New-Item -ItemType Directory "$TestDrive/transfers/in").Parent.FullName
    $listener = Start-StationListener -ReceiveFolder $work/in @peers
    $session = Connect-Station $listener @peers
}

AfterAll { Stop-StationListener $listener }

Describe 'Stop-StationTransfer' {
    BeforeAll {
        # Long enough to be stopped in the middle, and no room on the disk.
        $stream = [IO.File]::OpenWrite("$work/big")
        $stream.SetLength(3GB)
        $stream.Dispose()
    }

    It 'stops what goes on, and leaves nothing under its name' {
        $transfer = Send-StationFile $work/big -Session $session -NoWait
        Wait-Until { $transfer.BytesDone -gt 0 }
        Stop-StationTransfer $transfer -WhatIf
        $transfer.HasEnded | Should -BeFalse
        $stopped = $transfer.Id | Stop-StationTransfer -PassThru
        $stopped.State, $stopped.Error.Fault | Should -Be 'Stopped', 'TransferCanceled'
        Wait-Until { $listener.Transfers.Where{ $_.Name -eq 'big' }.HasEnded }
        Test-Path $work/in/big | Should -BeFalse
        Stop-StationTransfer $transfer
    }

    It 'is what Ctrl+C does to a Send-StationFile, within a second' {
        $shell = [powershell]::Create().AddScript("Import-Module '$root/SecureStation.psd1'; Send-StationFile '$work/big' -Session (Get-StationSession '$($session.Id)').Where{ `$_.Role -eq 'Initiator' }[0]")
        $running = $shell.BeginInvoke()
        Wait-Until { (Get-StationTransfer -Session $session).Where{ $_.Name -eq 'big' -and -not $_.HasEnded -and $_.BytesDone -gt 0 } }
        $shell.Stop()
        Wait-Until { -not (Get-StationTransfer -Session $session).Where{ $_.Name -eq 'big' -and -not $_.HasEnded } }
        $shell.Dispose()
    }

    It 'says of no such transfer that there is none' {
        (Get-ErrorOf { Stop-StationTransfer zz }).Exception.Message | Should -BeLike "*No transfer of this process has the id 'zz'*"
    }
}
