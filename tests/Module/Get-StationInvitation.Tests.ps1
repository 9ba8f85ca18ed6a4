BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationInvitation' {
    BeforeEach {
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It 'lists what a listener has given out, and who has used it' {
        $two = New-StationInvitation $listener -MaxUses 2
        $client = New-StationKeyPair
        $null = Connect-Station $two -KeyPair $client @peers
        $all = Get-StationInvitation -Listener $listener
        $all.Count | Should -Be 2
        $found = $all | Where-Object MaxUses -EQ 2
        $found.Id | Should -MatchExactly '^[0-9a-f]{32}$'
        $found.State | Should -Be 'Open'
        $found.Uses | Should -Be 1
        "$($found.UsedBy)" | Should -Be "$($client.Fingerprint)"
        $found.ListenerId | Should -Be $listener.Id
        $found.Invitation.Reveal() | Should -Be $two.Reveal()
        (Get-StationInvitation -Id $found.Id).Id | Should -Be $found.Id
    }

    It 'says of each whether it lets somebody in, and gives those that do with -Open' {
        $null = Connect-Station $listener.Invitation @peers
        $withdrawn, $open = 1..2 | ForEach-Object { New-StationInvitation $listener }
        Remove-StationInvitation $withdrawn
        (Get-StationInvitation $listener).State | Sort-Object | Should -Be ('Open', 'Used', 'Withdrawn' | Sort-Object)
        (Get-StationInvitation $listener -Open).Invitation.ToString() | Should -Be $open.ToString()
    }

    It 'takes listeners and ids from the pipeline, and all without any' {
        $other = Start-StationListener @peers
        ($listener, $other | Get-StationInvitation).ListenerId | Should -Be $listener.Id, $other.Id
        ($other.Id | Get-StationInvitation).ListenerId | Should -Be $other.Id
        (Get-StationInvitation).Count | Should -Be 2
    }

    It 'shows no secret' {
        $secret = $listener.Invitation.Reveal() -replace '.*psk=([^&]*)&.*', '$1'
        $found = Get-StationInvitation $listener
        foreach ($text in ($found | Format-List * | Out-String), ($found | Format-Table | Out-String), ($found | ConvertTo-Json -Depth 4 -WarningAction Ignore), ($found | ConvertTo-Csv | Out-String)) {
            $text | Should -Not -Match ([regex]::Escape($secret))
        }
    }

    It 'says what is not there' {
        (Get-ErrorOf { Get-StationInvitation -Id zz }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationInvitationCommand'
        (Get-ErrorOf { Get-StationInvitation nobody }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationInvitationCommand'
    }

    It 'completes ids' {
        $line = 'Get-StationInvitation -Id '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be (Get-StationInvitation).Id
    }
}
