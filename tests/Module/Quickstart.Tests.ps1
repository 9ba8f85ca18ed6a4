BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'examples/Quickstart' {
    It 'runs, a listener and a client in a process each, plain and narrated' {
        $listener = Start-PowerShell '-File', "$root/examples/Quickstart/quickstart.ps1", 'Listener', "$TestDrive/invitation.txt" -Redirect
        $client = Start-PowerShell '-File', "$root/examples/Quickstart/Narrate.ps1", 'Client', "$TestDrive/invitation.txt" -Redirect
        try {
            $heard, $seen = $listener.StandardOutput.ReadToEndAsync(), $client.StandardOutput.ReadToEndAsync()
            [Threading.Tasks.Task]::WaitAll(@($heard, $seen), 120000) | Should -BeTrue
            $listener.WaitForExit(10000), $client.WaitForExit(10000) | Should -Be $true, $true
            "$($listener.ExitCode) $($client.ExitCode) $($listener.StandardError.ReadToEnd())$($client.StandardError.ReadToEnd())" | Should -Be '0 0 '
        } finally {
            Stop-PowerShell $listener
            Stop-PowerShell $client
        }

        $heard.Result | Should -BeLike "*'hello', the process *, and 8388608 bytes*"
        $seen.Result | Should -BeLike '*PeerUntrusted,*Just these bytes arrived: *PS> $session | Disconnect-Station*'
        "$TestDrive/invitation.txt" | Should -Not -Exist
    }

    It 'fails where the other side says nothing' {
        'station://127.0.0.1:1?key=' | Set-Content "$TestDrive/invitation.txt"
        Invoke-PowerShell "& '$root/examples/Quickstart/quickstart.ps1' Client '$TestDrive/invitation.txt'" | Out-Null
        $LASTEXITCODE | Should -Not -Be 0
    }

    It 'is short enough to be read' {
        (Get-Content $root/examples/Quickstart/quickstart.ps1).Count | Should -BeLessThan 60
    }
}
