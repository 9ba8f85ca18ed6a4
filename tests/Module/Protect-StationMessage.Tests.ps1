BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Handshakes.ps1
}

Describe 'Protect-StationMessage and Unprotect-StationMessage' {
    BeforeEach { $pair = New-SessionPair }

    It 'carry text, bytes and objects through text' {
        $texts = 'hällo', '', [pscustomobject]@{ Name = 'x'; Size = 3 } | Protect-StationMessage $pair.Left | ForEach-Object { "$_" }
        $texts += "$(Protect-StationMessage $pair.Left -InputObject ([byte[]](1..3)))"
        $messages = $texts | Unprotect-StationMessage $pair.Right
        $messages.Kind | Should -Be 'Text', 'Text', 'Object', 'Bytes'
        $messages[0].Body | Should -Be 'hällo'
        $messages[2].Body.Size | Should -Be 3
        $messages[3].Body | Should -Be (1..3)
        $messages[3].Session | Should -Be $pair.Right
    }

    It 'share one counter a direction' {
        $numbers = 'a', 'b' | Protect-StationMessage $pair.Left
        $numbers += 'c' | Protect-StationMessage $pair.Left
        $numbers.Number | Should -Be 0, 1, 2
    }

    It 'refuse a replay, a gap and an altered message, and go on with the right one' {
        $sent = 'a', 'b', 'c' | Protect-StationMessage $pair.Left
        (Get-ErrorOf { $sent[1] | Unprotect-StationMessage $pair.Right }).FullyQualifiedErrorId | Should -Be 'OutOfOrder,SecureStation.Commands.UnprotectStationMessageCommand'
        ($sent[0] | Unprotect-StationMessage $pair.Right).Body | Should -Be 'a'
        (Get-ErrorOf { $sent[0] | Unprotect-StationMessage $pair.Right }).FullyQualifiedErrorId | Should -BeLike 'Replayed,*'
        $altered = $sent[1].ToBytes()
        $altered[9] = $altered[9] -bxor 1
        (Get-ErrorOf { Unprotect-StationMessage $pair.Right -Message $altered }).FullyQualifiedErrorId | Should -BeLike 'DecryptionFailed,*'
        (Get-ErrorOf { 'garbage!' | Unprotect-StationMessage $pair.Right }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        ($sent[1] | Unprotect-StationMessage $pair.Right).Body | Should -Be 'b'
    }

    It 'take any order once with -AllowReorder' {
        $sent = 'a', 'b', 'c' | Protect-StationMessage $pair.Left
        ($sent[2, 0] | Unprotect-StationMessage $pair.Right -AllowReorder).Body | Should -Be 'c', 'a'
        (Get-ErrorOf { $sent[2] | Unprotect-StationMessage $pair.Right -AllowReorder }).FullyQualifiedErrorId | Should -BeLike 'Replayed,*'
        ($sent[1] | Unprotect-StationMessage $pair.Right -AllowReorder).Body | Should -Be 'b'
    }

    It 'refuse single bytes and secrets' {
        (Get-ErrorOf { [byte[]](1..3) | Protect-StationMessage $pair.Left }).FullyQualifiedErrorId | Should -BeLike 'UnrolledBytes,*'
        (Get-ErrorOf { @{ P = [securestring]::new() } | Protect-StationMessage $pair.Left }).FullyQualifiedErrorId | Should -BeLike 'SecretRefused,*'
    }

    It 'leave a live session as it is' {
        $live = New-StationLoopback
        'aside' | Protect-StationMessage $live.Left | Unprotect-StationMessage $live.Right | ForEach-Object Body | Should -Be 'aside'
        'live' | Send-StationMessage $live.Left
        (Receive-StationMessage $live.Right -TimeoutSec 5).Body | Should -Be 'live'
        $live.Left | Disconnect-Station
    }
}
