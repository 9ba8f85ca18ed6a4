BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $peers = New-TestTrustStore
    $command = 'SecureStation.Commands.SendStationFileCommand'
}

Describe 'Send-StationFile' {
    BeforeEach {
        $work = (New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid().ToString('n'))").FullName
        $in = (New-Item -ItemType Directory $work/in).FullName
        $listener = Start-StationListener -ReceiveFolder $in @peers
        $session = Connect-Station $listener @peers
        Push-Location $work
    }

    AfterEach {
        Pop-Location
        Stop-StationListener $listener
    }

    It 'sends files and folders by path and writes nothing' {
        $null = New-Item -ItemType Directory logs/sub, logs/empty
        'one' | Set-Content logs/a.log
        'two' | Set-Content logs/sub/b.log
        [IO.File]::WriteAllBytes("$work/big.bin", [byte[]](1..200) * 20000)
        Send-StationFile -Session $session -Path ./big.bin, ./logs | Should -BeNullOrEmpty
        (Get-FileHash in/big.bin).Hash | Should -Be (Get-FileHash big.bin).Hash
        Get-Content in/logs/a.log, in/logs/sub/b.log | Should -Be 'one', 'two'
        Test-Path in/logs/empty -PathType Container | Should -BeTrue
        (Get-Item in/big.bin).LastWriteTimeUtc | Should -Be (Get-Item big.bin).LastWriteTimeUtc
        @(Get-ChildItem in -Recurse -Force -Filter *.part).Count | Should -Be 0
    }

    It 'sends what the pipeline brings, one transfer each' {
        1..3 | ForEach-Object { "$_" | Set-Content "$_.log" }
        $sent = Get-ChildItem *.log | Send-StationFile -Session $session -PassThru
        $sent.Name | Should -Be '1.log', '2.log', '3.log'
        $sent.State | Should -Be (@('Completed') * 3)
        './1.log', './2.log' | Send-StationFile -Session $session -PassThru | ForEach-Object BytesSkipped | Should -Be 2, 2
        (Get-ChildItem in).Name | Should -Be '1.log', '2.log', '3.log'
    }

    It 'takes the session by position, after the path or beside -Path' {
        'x' | Set-Content 1.txt
        'y' | Set-Content 2.txt
        Send-StationFile ./1.txt $session
        Send-StationFile $session -Path ./2.txt
        (Get-ChildItem in).Name | Should -Be '1.txt', '2.txt'
    }

    It 'takes wildcards in -Path and none in -LiteralPath' {
        'x' | Set-Content -LiteralPath 'a[1].txt'
        'y' | Set-Content a1.txt
        Send-StationFile 'a[1].txt' -Session $session
        (Get-ChildItem in).Name | Should -Be 'a1.txt'
        Get-Item -LiteralPath 'a[1].txt' | Send-StationFile -Session $session
        Send-StationFile -LP 'a[1].txt' -Session $session
        Get-Content -LiteralPath 'in/a[1].txt' | Should -Be 'x'
    }

    It 'returns at once with -NoWait' {
        'x' | Set-Content a.txt
        $transfer = Send-StationFile a.txt -Session $session -NoWait
        $transfer | Should -BeOfType SecureStation.Core.Transfers.StationTransfer
        $transfer.WaitAsync().Wait(60000) | Should -BeTrue
        $transfer.State, $transfer.FilesDone, $transfer.Error | Should -Be 'Completed', 1, $null
        Get-Content in/a.txt | Should -Be 'x'
    }

    It 'sends nothing with -WhatIf' {
        'x' | Set-Content a.txt
        Send-StationFile a.txt -Session $session -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem in | Should -BeNullOrEmpty
    }

    It 'writes an error for each file of a folder that fails, and sends the others' {
        $null = New-Item -ItemType Directory logs, in/logs
        1..5 | ForEach-Object { "$_" | Set-Content "logs/$_" }
        'another' | Set-Content in/logs/2
        $sent = Send-StationFile logs -Session $session -PassThru -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be "AlreadyExists,$command"
        $failed.TargetObject | Should -Be "$([IO.Path]::Combine($work, 'logs', '2'))"
        $failed.ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        $sent.State, $sent.FilesDone, $sent.FilesFailed | Should -Be 'Failed', 4, 1
        Get-Content in/logs/2 | Should -Be 'another'
    }

    It 'warns of links in a folder and does not follow them' -Skip:$IsWindows {
        $null = New-Item -ItemType Directory logs
        $null = New-Item -ItemType SymbolicLink logs/out -Target /etc
        'x' | Set-Content logs/a
        Send-StationFile logs -Session $session -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeLike '*1 link*passed over*'
        (Get-ChildItem in/logs).Name | Should -Be 'a'
    }

    It 'says <Id> of <Case>' -TestCases @(
        @{ Case = 'a file that is not there'; Id = 'NotFound'; Script = { Send-StationFile nothing -Session $session } }
        @{ Case = 'a literal path that is not there'; Id = 'NotFound'; Script = { Send-StationFile -LiteralPath nothing -Session $session } }
        @{ Case = 'a path that is no file'; Id = 'InvalidArgument'; Script = { Send-StationFile Env:/PATH -Session $session } }
        @{ Case = 'a session that is over'; Id = 'SessionClosed'; Script = { 'x' | Set-Content a; $session | Disconnect-Station; Send-StationFile a -Session $session } }
        @{ Case = 'more than the peer takes'; Id = 'TransferLimit'; Script = {
                [IO.File]::WriteAllBytes("$work/a", [byte[]]::new(2MB)); $null = New-Item -ItemType Directory few
                $small = Start-StationListener -ReceiveFolder few -MaxBytes 1MB @peers
                try { Send-StationFile a -Session (Connect-Station $small @peers) } finally { Stop-StationListener $small } } }
    ) {
        (Get-ErrorOf $Script).FullyQualifiedErrorId | Should -Be "$Id,$command"
    }

    It 'says at once that a peer may send no files' {
        $keys = New-TestKeyStore
        $others = New-TestTrustStore
        $key = New-StationKeyPair client @keys
        Add-StationPeer client -PublicKey $key.PublicKey -Accept -Capability dh @others
        $closed = Start-StationListener -ReceiveFolder $in @others
        try {
            'x' | Set-Content a.txt
            $narrow = Connect-Station $closed -KeyPair $key @peers
            (Get-ErrorOf { Send-StationFile a.txt -Session $narrow }).FullyQualifiedErrorId | Should -Be "NotAllowed,$command"
            Get-ChildItem in | Should -BeNullOrEmpty
        } finally {
            Stop-StationListener $closed
        }
    }
}

Describe 'Send-StationFile between two processes' {
    It 'goes on where it was after the receiver was killed' {
        $work = (New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid().ToString('n'))").FullName
        $keys = @{ KeyStore = "$work/keys" }
        $there = @{ TrustStore = "$work/peers" }
        $null = New-Item -ItemType Directory $work/in
        $server = New-StationKeyPair server @keys
        $client = New-StationKeyPair client @keys
        Add-StationPeer client -PublicKey $client.PublicKey -Accept @there
        $bytes = [byte[]]::new(24MB)
        [random]::new(7).NextBytes($bytes)
        [IO.File]::WriteAllBytes("$work/big", $bytes)
        $receiver = {
            $process = Start-PowerShell '-NonInteractive', '-Command', @"
Import-Module '$root/SecureStation.psd1'
`$l = Start-StationListener -KeyPair server -KeyStore '$work/keys' -TrustStore '$work/peers' -ReceiveFolder '$work/in'
`$l.Port | Set-Content '$work/port.new'; Move-Item '$work/port.new' '$work/port' -Force
Start-Sleep 300
"@
            Wait-Until { Test-Path $work/port }
            $process
        }
        $first = & $receiver
        try {
            $session = Connect-Station 127.0.0.1 (Get-Content $work/port) -KeyPair $client -Fingerprint $server.Fingerprint -TrustStore "$work/mine"
            $transfer = Send-StationFile $work/big -Session $session -NoWait
            Wait-Until { $transfer.BytesDone -gt 4MB }
        } finally {
            Stop-PowerShell $first
        }

        Wait-Until { $transfer.HasEnded }
        if ($transfer.State -ne 'Completed') {
            Test-Path $work/in/big | Should -BeFalse
            Remove-Item $work/port
            $second = & $receiver
            try {
                $session = Connect-Station 127.0.0.1 (Get-Content $work/port) -KeyPair $client -Fingerprint $server.Fingerprint -TrustStore "$work/mine"
                $again = Send-StationFile $work/big -Session $session -PassThru
                $again.State | Should -Be 'Completed'
                $again.BytesSkipped | Should -BeGreaterThan 1MB
            } finally {
                Stop-PowerShell $second
            }
        }

        (Get-FileHash $work/in/big).Hash | Should -Be (Get-FileHash $work/big).Hash
        (Get-ChildItem $work/in -Force).Name | Should -Be 'big'
    }
}
