BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-StationLoopback -FaultPlan' {
    AfterEach { Get-StationSession | Disconnect-Station -Force }

    It 'breaks the handshake: <Fault> message <Message> from the <From> is <Id>' -ForEach @(
        @{ Fault = 'Corrupt'; From = 'Initiator'; Message = 1; Id = 'HandshakeFailed' }
        @{ Fault = 'Corrupt'; From = 'Responder'; Message = 1; Id = 'HandshakeFailed' }
        @{ Fault = 'Corrupt'; From = 'Initiator'; Message = 2; Id = 'HandshakeFailed' }
        @{ Fault = 'Truncate'; From = 'Responder'; Message = 1; Id = 'HandshakeFailed' }
        @{ Fault = 'Duplicate'; From = 'Initiator'; Message = 1; Id = 'HandshakeFailed' }
        @{ Fault = 'Cut'; From = 'Responder'; Message = 1; Id = 'HandshakeFailed' }
        @{ Fault = 'Drop'; From = 'Responder'; Message = 1; Id = 'Timeout' }
    ) {
        $failure = Get-ErrorOf { New-StationLoopback -FaultPlan @{ Fault = $Fault; From = $From; Message = $Message } -TimeoutSec 1 }
        $failure.FullyQualifiedErrorId | Should -Be "$Id,SecureStation.Commands.NewStationLoopbackCommand"
    }

    It 'breaks the session: <Fault> message <Message> is <Id>' -ForEach @(
        @{ Fault = 'Corrupt'; Message = 4; Id = 'DecryptionFailed' }
        @{ Fault = 'Drop'; Message = 4; Id = 'DecryptionFailed' }
        @{ Fault = 'Reorder'; Message = 4; Id = 'DecryptionFailed' }
        @{ Fault = 'Cut'; Message = 4; Id = 'Truncated' }
    ) {
        $pair = New-StationLoopback -FaultPlan @{ Fault = $Fault; From = 'Initiator'; Message = $Message }
        $null = Get-ErrorOf { 1..3 | ForEach-Object { $_ | Send-StationMessage $pair.Left; Start-Sleep -Milliseconds 50 } }
        (Get-ErrorOf { Receive-StationMessage $pair.Right -TimeoutSec 5 }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'takes several faults, also at a byte and as a delay' {
        $time = [Diagnostics.Stopwatch]::StartNew()
        $pair = New-StationLoopback -FaultPlan @{ Fault = 'Delay'; From = 'Responder'; Message = 1; DelaySec = 0.3 }, @{ Fault = 'Cut'; From = 'Responder'; Byte = 100000 }
        $time.Elapsed.TotalSeconds | Should -BeGreaterThan 0.29
        'x' | Send-StationMessage $pair.Left -Wait
        $null = Get-ErrorOf { Send-StationMessage $pair.Right -InputObject ([byte[]]::new(200000)) }
        $null = Receive-StationMessage $pair.Right -TimeoutSec 5
        (Get-ErrorOf { Receive-StationMessage $pair.Left -TimeoutSec 5 }).FullyQualifiedErrorId | Should -BeLike 'Truncated,*'
    }

    It 'does every fault of a plan, also where several meet in one write' {
        # The preamble is one write of some 40 bytes: what is inserted at the first is dropped at the second, and the handshake goes on until the cut.
        $plan = @{ Fault = 'Duplicate'; From = 'Initiator'; Byte = 1 }, @{ Fault = 'Drop'; From = 'Initiator'; Byte = 2 }, @{ Fault = 'Cut'; From = 'Initiator'; Byte = 3 }
        (Get-ErrorOf { New-StationLoopback -FaultPlan $plan -TimeoutSec 5 }).Exception.Message | Should -BeLike '*cut on purpose: Cut byte 3*'
    }

    It 'refuses a fault that cannot be' {
        (Get-ErrorOf { New-StationLoopback -FaultPlan @{ Fault = 'Drop' } }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewStationLoopbackCommand'
    }
}
