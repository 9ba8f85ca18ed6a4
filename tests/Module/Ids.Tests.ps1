# Sessions, listeners, servers and notaries by id, and what Tab offers for them.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $running = 'StationSession', 'StationListener', 'DhServer', 'INotaryServer', 'StationNotary'
    $parameters = foreach ($command in Get-Command -Module SecureStation) {
        foreach ($parameter in $command.Parameters.Values) {
            $type = $parameter.ParameterType.IsArray ? $parameter.ParameterType.GetElementType() : $parameter.ParameterType
            if ($type.Name -in $running) { @{ Name = $command.Name; Parameter = $parameter.Name; Type = $type } }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
}

Describe 'What runs in this process' {
    BeforeEach {
        Get-StationSession | Disconnect-Station -Force
        $peers = New-TestTrustStore
        $listener = Start-StationListener @peers
        $alice = $listener | Connect-Station @peers
        $bob = Wait-StationSession $listener -TimeoutSec 30
        $short = $alice.Id.Substring(0, 8)
    }

    AfterEach { Get-StationListener | Stop-StationListener }

    It '<Name> -<Parameter> takes an id, and completes' -ForEach $parameters {
        $attributes = (Get-Command $Name).Parameters[$Parameter].Attributes
        $attributes.Where{ $_.GetType().Name -eq 'FromIdAttribute`1' -and $_.GetType().GenericTypeArguments[0] -eq $Type } | Should -HaveCount 1
        $attributes.Where{ $_ -is [ArgumentCompleter] -and $_.Type.GenericTypeArguments[0] -eq $Type } | Should -HaveCount 1
    }

    It 'is given by the beginning of its id' {
        Get-StationListener $listener.Id.Substring(0, 5) | Should -Be $listener
        Wait-StationSession $listener.Id.Substring(0, 5) -TimeoutSec 0 -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        (Get-StationSession $short -Listener $listener).Role | Should -Be 'Responder'
        (New-StationInvitation $listener.Id -WhatIf 6>$null) | Should -BeNullOrEmpty
    }

    It 'is one end of a session in this process by id:initiator and id:responder' {
        (Get-StationSession "${short}:initiator").Role | Should -Be 'Initiator'
        (Get-StationSession "$($alice.Id):Responder").Role | Should -Be 'Responder'
        (Get-StationSession $alice.Id).Count | Should -Be 2
        'by id' | Send-StationMessage -Session "${short}:initiator"
        (Receive-StationMessage "${short}:responder" -TimeoutSec 30).Body | Should -Be 'by id'
        (Receive-StationMessage -Session @("${short}:responder", $alice) -TimeoutSec 0 -ErrorAction SilentlyContinue) | Should -BeNullOrEmpty
        "${short}:initiator" | Disconnect-Station -PassThru | Should -Be $alice
    }

    It 'says what else to give where an id fits more than one: <Case>' -ForEach @(
        @{ Case = 'Get-'; Script = { Get-StationSession $short }; Id = 'InvalidArgument,SecureStation.Commands.GetStationSessionCommand' }
        @{ Case = '-Session'; Script = { 'x' | Send-StationMessage $short }; Id = 'ParameterArgumentTransformationError,SecureStation.Commands.SendStationMessageCommand' }
        @{ Case = 'the whole id'; Script = { 'x' | Send-StationMessage $alice.Id }; Id = 'ParameterArgumentTransformationError,SecureStation.Commands.SendStationMessageCommand' }
    ) {
        $failure = Get-ErrorOf $Script
        $failure.FullyQualifiedErrorId | Should -Be $Id
        "$failure" | Should -BeLike "*both ends*$($alice.Id):initiator*$($alice.Id):responder*"
    }

    It 'says so where several begin alike, and where none does' {
        $others = 1..20 | ForEach-Object { Start-StationListener @peers }
        $first = ($others.Id | Group-Object { $_[0] } | Sort-Object Count -Descending)[0].Name
        $failure = Get-ErrorOf { Get-StationListener $first }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        "$failure" | Should -BeLike '*Give more of the id*'
        (Get-ErrorOf { Stop-StationListener nothing }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        "$(Get-ErrorOf { Stop-StationListener nothing })" | Should -BeLike "*No listener*'nothing'*"
        (Get-ErrorOf { Get-StationNotary nothing }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        (Get-ErrorOf { Get-DhServer nothing }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'says of a copy, as a job or a file gives it back, that it is one: <Case>' -ForEach @(
        @{ Case = 'a session'; Of = { $alice }; Script = { 'x' | Send-StationMessage -Session $copy } }
        @{ Case = 'sessions in a list'; Of = { $alice }; Script = { Receive-StationMessage -Session @($copy, $bob) } }
        @{ Case = 'a listener'; Of = { $listener }; Script = { Wait-StationSession $copy } }
    ) {
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((& $Of)))
        "$(Get-ErrorOf $Script)" | Should -BeLike '*copy of a *in the process*'
    }

    It 'completes by the variables that hold it, and by id' {
        $pair = New-StationLoopback
        $all = @($alice, $bob)
        try {
            $found = Get-Completion 'Send-StationMessage -Session '
            $found | Should -Contain '$alice'
            $found | Should -Contain '$pair.Left'
            $found | Should -Contain '$all'
            $found | Should -Contain "$($alice.Id):initiator"
            $found | Should -Not -Contain '$listener'
            $all.Count | Should -Be 2
            Get-Completion "Receive-StationMessage -Session $short" | Should -Be "$($alice.Id):initiator", "$($alice.Id):responder"
            Get-Completion 'Receive-StationMessage -Listener ' | Should -Be '$listener', $listener.Id
            Get-Completion "Get-StationSession $short" | Should -Be $alice.Id, "$($alice.Id):initiator", "$($alice.Id):responder"
        } finally {
            $pair.Left, $pair.Right | Disconnect-Station -Force
        }
    }

    It 'completes the host by the addresses that are pinned' {
        Add-StationPeer server -PublicKey (New-StationKeyPair).PublicKey -Address example.org:7700, '[::1]:7' @peers
        foreach ($command in 'Connect-Station', 'Test-Station') {
            Get-Completion "$command -TrustStore '$($peers.TrustStore)' -HostName exa" | Should -Be 'example.org:7700'
        }
    }

    It 'completes what a fault plan can say' {
        Get-Completion 'New-StationLoopback -FaultPlan @{ Fa' | Should -Be 'Fault'
        Get-Completion "New-StationLoopback -FaultPlan @{ Fault = 'Corrupt'; " | Should -Contain 'Message'
    }
}
