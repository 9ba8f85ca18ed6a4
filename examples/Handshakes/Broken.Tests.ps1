# A handshake and a session broken on purpose: how to test that a script bears what a network does.
BeforeAll {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1'))
}

Describe 'A handshake that somebody tampers with' {
    BeforeEach {
        $a = New-StationHandshake -Role Initiator -TrustMode Any
        $b = New-StationHandshake -Role Responder -TrustMode Any
    }

    It 'fails at message 2, with the stage, and cannot go on' {
        $bytes = ($a | Step-StationHandshake | Step-StationHandshake -Handshake $b).ToBytes()
        $bytes[50] = $bytes[50] -bxor 1
        { Step-StationHandshake -Handshake $a -Message $bytes -ErrorAction Stop } | Should -Throw -ErrorId 'HandshakeFailed,*'
        $a.Failure.Stage | Should -Be 'Message2'
        { $a | Step-StationHandshake -ErrorAction Stop } | Should -Throw '*state Failed*' -ErrorId 'InvalidState,*'
    }

    It 'leaves a transcript that says how far it came' {
        $second = $a | Step-StationHandshake | Step-StationHandshake -Handshake $b
        $null = Step-StationHandshake -Handshake $a -Message $second.ToBytes()[0..80] -ErrorAction SilentlyContinue
        $transcript = $a | Get-StationTranscript
        $transcript.State | Should -Be 'Failed'
        $transcript.Messages | Should -HaveCount 1
        $transcript | Test-StationTranscript | Should -BeTrue
    }
}

Describe 'A connection that breaks' {
    It 'in the handshake: one typed error' {
        { New-StationLoopback -FaultPlan @{ Fault = 'Cut'; From = 'Responder'; Message = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'HandshakeFailed,*'
    }

    It 'in the session: <Fault> is <Id>' -ForEach @(
        @{ Fault = 'Corrupt'; Id = 'DecryptionFailed,*' }
        @{ Fault = 'Drop'; Id = 'DecryptionFailed,*' }
        @{ Fault = 'Cut'; Id = 'Truncated,*' }
    ) {
        # On the wire the initiator's messages 1 and 2 are the handshake's, 3 is Welcome, and 4 carries the first message.
        $pair = New-StationLoopback -FaultPlan @{ Fault = $Fault; From = 'Initiator'; Message = 4 }
        foreach ($text in 'one', 'two') {
            try { $text | Send-StationMessage -Session $pair.Left } catch { $null = 'The sender may learn of the end first.' }
            Start-Sleep -Milliseconds 50
        }
        { Receive-StationMessage -Session $pair.Right -TimeoutSec 5 -ErrorAction Stop } | Should -Throw -ErrorId $Id
    }

    It 'only slowly: nothing is lost' {
        $pair = New-StationLoopback -FaultPlan @{ Fault = 'Delay'; From = 'Initiator'; Message = 4; Count = 3; DelaySec = 0.1 }
        1..3 | ForEach-Object { "$_" } | Send-StationMessage -Session $pair.Left -Wait
        (Receive-StationMessage -Session $pair.Right -Count 3 -TimeoutSec 5).Body | Should -Be '1', '2', '3'
        $pair.Left | Disconnect-Station
    }
}
