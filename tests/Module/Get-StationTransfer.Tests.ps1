BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $peers = New-TestTrustStore
    $work = (New-Item -ItemType Directory "$TestDrive/transfers/in").Parent.FullName
    $listener = Start-StationListener -ReceiveFolder $work/in @peers
    $session = Connect-Station $listener @peers
    'one' | Set-Content $work/1.txt
    'two' | Set-Content $work/2.txt
    $sent = Send-StationFile $work/1.txt, $work/2.txt -Session $session -PassThru
}

AfterAll { Stop-StationListener $listener }

Describe 'Get-StationTransfer' {
    It 'shows both ends, with names, sizes and states' {
        $all = Get-StationTransfer -Session $session
        $all.Name | Should -Be '1.txt', '2.txt'
        $all.Direction | Should -Be 'Send', 'Send'
        $received = (Get-StationTransfer).Where{ $_.Direction -eq 'Receive' -and $_.Path -like "$work*" }
        $received.Name | Sort-Object | Should -Be '1.txt', '2.txt'
        $listener.Transfers.Count | Should -Be 2
    }

    It 'takes ids, their beginnings and wildcards, also by pipeline' {
        (Get-StationTransfer $sent[0].Id).Name | Should -Be '1.txt'
        (Get-StationTransfer $sent[1].Id.Substring(0, 7)).Name | Should -Be '2.txt'
        ($sent | Get-StationTransfer).Id | Should -Be $sent.Id
        @(Get-StationTransfer *).Count | Should -BeGreaterOrEqual 4
    }

    It 'fits 80 columns, and its columns are properties' {
        $lines = ($sent | Out-String -Width 80) -split "`r?`n" -replace '\x1b\[[0-9;]*m'
        $lines.Where{ $_ -match '^Id +Direction +State +Percent +Size +Rate +Name' }.Count | Should -Be 1
        $lines.Length | Should -BeLessOrEqual 80
        ($sent[0] | Select-Object Percent, Size).Size | Should -Be '4 B'
    }

    It 'says NotFound of an id that there is not' {
        (Get-ErrorOf { Get-StationTransfer zz }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationTransferCommand'
    }
}
