# A variable that is not defined: what it was to choose must not become "all", nor what it was to hold somebody to become "anybody".
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $chooses = foreach ($name in 'Get-DhServer', 'Get-StationListener', 'Get-StationNotary', 'Get-StationSession', 'Get-StationTransfer') { @{ Name = $name; Parameter = 'Id' } }
    $chooses += foreach ($name in 'Get-StationHandler', 'Get-StationKeyPair', 'Get-StationPeer', 'Get-StationSealingKey') { @{ Name = $name; Parameter = 'Name' } }
    $chooses += @{ Name = 'Get-StationPeer'; Parameter = 'Group' }, @{ Name = 'Get-StationSession'; Parameter = 'Listener' }, @{ Name = 'Test-StationNotaryLog'; Parameter = 'Entry' }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    # Attributes that say what null means, or refuse it.
    $says = 'ValidateArgumentsAttribute', 'AllowNullAttribute', 'AllowEmptyCollectionAttribute', 'AllowEmptyStringAttribute', 'PassphraseAttribute', 'FingerprintSourceAttribute', 'BytesOrTextAttribute'

    function Test-Said([Attribute] $Attribute) {
        for ($type = $Attribute.GetType(); $type; $type = $type.BaseType) { if ($type.Name -in $says) { return $true } }
        $false
    }
}

Describe 'A variable that is not defined' {
    It 'is refused by <Name> -<Parameter>' -ForEach $chooses {
        $splat = @{ $Parameter = $null }
        (Get-ErrorOf { & $Name @splat }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'is refused as a fingerprint, also where any key would do' {
        $listener = Start-StationListener -Port 0 -TrustMode Any
        $to = @{ HostName = '127.0.0.1'; Port = $listener.Port; TrustMode = 'Any' } + (New-TestTrustStore)
        (Get-ErrorOf { Connect-Station @to -Fingerprint $null }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { Test-Station 127.0.0.1 -Port $listener.Port -Fingerprint $null }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { New-StationHandshake -Role Initiator -PeerFingerprint $null }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-ErrorOf { New-StationHandshake -Role Initiator -Invitation $null }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
        Get-StationSession -Listener $listener | Should -BeNullOrEmpty
        $listener | Stop-StationListener
    }

    It 'has a meaning for each parameter that may be left out' {
        # Of a record without a public key its fingerprint is taken.
        $known = 'Add-StationPeer -PublicKey'
        $open = foreach ($command in Get-Command -Module SecureStation -CommandType Cmdlet) {
            foreach ($parameter in $command.Parameters.Values.Where{ -not $_.ParameterType.IsValueType -and $_.Name -notin [Management.Automation.Cmdlet]::CommonParameters }) {
                if ($parameter.ParameterSets.Values.Where{ -not $_.IsMandatory } -and -not $parameter.Attributes.Where{ Test-Said $_ }) { "$($command.Name) -$($parameter.Name)" }
            }
        }
        $open | Should -Be $known
    }
}
