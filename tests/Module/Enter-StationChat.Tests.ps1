BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Enter-StationChat' {
    AfterEach {
        Get-StationSession | Disconnect-Station -Force -ErrorAction Ignore
        Get-StationListener | Stop-StationListener
    }

    It 'says the piped lines, writes what the peer says, and quits' -Skip:(-not $hasLegacy) {
        $listener = Start-StationListener -Port 0 -Protocol AesChat -AllowLegacy -WarningAction SilentlyContinue
        $alice = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Protocol AesChat -AllowLegacy -DisplayName Alice -WarningAction SilentlyContinue
        $server = $listener | Wait-StationSession -TimeoutSec 10
        'welcome' | Send-StationMessage -Session $server -Wait
        $heard = 'hello' | Enter-StationChat -Session $alice -TimeoutSec 1
        $heard | Should -Be 'welcome'
        (Receive-StationMessage -Session $server -TimeoutSec 10).Body | Should -Be 'hello'
        $alice.State | Should -Be 'Open'
        'quit' | Enter-StationChat -Session $alice
        $alice.State | Should -Be 'Closed'
    }

    It 'speaks in turn over the IDEA station' -Skip:(-not $hasLegacy) {
        $listener = Start-StationListener -Port 0 -Protocol IdeaStation -AllowLegacy -WarningAction SilentlyContinue
        $alice = Connect-Station -HostName 127.0.0.1 -Port $listener.Port -Protocol IdeaStation -AllowLegacy -DisplayName Alice -WarningAction SilentlyContinue
        $server = $listener | Wait-StationSession -TimeoutSec 10
        $answering = Start-ThreadJob {
            Import-Module "$using:root/SecureStation.psd1"
            $m = Receive-StationMessage -Session $using:server -TimeoutSec 20
            "answer to $($m.Body)" | Send-StationMessage -Session $using:server
            $m.Body
            (Receive-StationMessage -Session $using:server -TimeoutSec 20).Body
        }
        'one', 'two', 'quit' | Enter-StationChat -Session $alice -TimeoutSec 20 | Should -Be 'answer to one'
        $answering | Receive-Job -Wait | Should -Be 'one', 'two'
    }

    It 'reads lines where input is redirected, says whose turn it is, and quit waits for none' -Skip:(-not $hasLegacy) {
        Set-Content $TestDrive/chat.ps1 @"
Import-Module '$root/SecureStation.psd1'
`$legacy = @{ Protocol = 'IdeaStation'; AllowLegacy = `$true; WarningAction = 'Ignore' }
`$listener = Start-StationListener -Port 0 @legacy
`$session = Connect-Station -HostName 127.0.0.1 -Port `$listener.Port @legacy
Enter-StationChat `$session
"`$(`$session.State)"
(Receive-StationMessage -Listener `$listener -TimeoutSec 10).Body
"@
        $chat = Start-PowerShell '-File', "$TestDrive/chat.ps1" -Redirect
        'one', 'quit' | ForEach-Object { $chat.StandardInput.WriteLine($_) }
        $chat.StandardInput.Close()
        $output = $chat.StandardOutput.ReadToEndAsync()
        $output.Wait(180000) | Should -BeTrue
        $said = $output.Result -split '\r?\n'
        $said[0] | Should -BeLike '*not secure. In turn, and you begin.*'
        $said[1..2] | Should -Be 'Closed', 'one'
    }

    It 'does what a line with a slash asks for, and says one that begins with two' {
        Set-Content $TestDrive/commands.ps1 @"
Import-Module '$root/SecureStation.psd1'
`$pair = New-StationLoopback
Enter-StationChat `$pair.Left
(Receive-StationMessage `$pair.Right -TimeoutSec 10).Body
"@
        $chat = Start-PowerShell '-File', "$TestDrive/commands.ps1" -Redirect
        '/help', '/who', '/nonsense', '//etc/hosts', 'quit' | ForEach-Object { $chat.StandardInput.WriteLine($_) }
        $chat.StandardInput.Close()
        $output = $chat.StandardOutput.ReadToEndAsync()
        $output.Wait(180000) | Should -BeTrue
        $output.Result | Should -Match '(?m)^/send FILE'
        $output.Result | Should -Match 'SHA256:.*secrecy: hybrid'
        $output.Result | Should -Match '/nonsense is no command'
        ($output.Result.Trim() -split '\r?\n')[-1] | Should -Be '/etc/hosts'
    }

    It 'sends files with /send, and says what became of them' {
        Set-Content $TestDrive/send.ps1 @"
Import-Module '$root/SecureStation.psd1'
`$peers = @{ TrustStore = '$TestDrive/peers-chat' }
`$listener = Start-StationListener -ReceiveFolder '$TestDrive/in' @peers
`$session = Connect-Station `$listener.Invitation @peers
Enter-StationChat `$session
"@
        $null = New-Item -ItemType Directory "$TestDrive/in"
        Set-Content "$TestDrive/a note.txt" 'said by file'
        $chat = Start-PowerShell '-File', "$TestDrive/send.ps1" -Redirect
        "/send $TestDrive/a note.txt", "/send $TestDrive/nothing", 'quit' | ForEach-Object { $chat.StandardInput.WriteLine($_) }
        $chat.StandardInput.Close()
        $output = $chat.StandardOutput.ReadToEndAsync()
        $output.Wait(180000) | Should -BeTrue
        $output.Result | Should -Match 'a note\.txt has arrived'
        $output.Result | Should -Match 'There is no file or folder'
        Get-ChildItem "$TestDrive/in" -Recurse -File | Get-Content | Should -Be 'said by file'
    }

    It 'does not let what a peer says steer the terminal' {
        $listener = Start-StationListener -Port 0 -TrustMode Any
        $session = Connect-Station $listener.Invitation
        $server = $listener | Wait-StationSession -TimeoutSec 10
        "$([char]27)[2Jgone" | Send-StationMessage -Session $server -Wait
        $line = '' | Enter-StationChat -Session $session -TimeoutSec 1
        $line | Should -BeLike '*gone'
        $line | Should -Not -Match "$([char]27)"
    }

    It 'says why a session broke' {
        $listener = Start-StationListener -Port 0 -TrustMode Any
        $session = Connect-Station $listener.Invitation
        ($listener | Wait-StationSession -TimeoutSec 10).Abort()
        (Get-ErrorOf { '' | Enter-StationChat -Session $session }).FullyQualifiedErrorId | Should -Be 'Truncated,SecureStation.Commands.EnterStationChatCommand'
    }
}
