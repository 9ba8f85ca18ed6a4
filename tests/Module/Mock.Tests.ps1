# Whoever tests a script that uses these cmdlets mocks them.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $calls = foreach ($command in Get-Command -Module SecureStation) {
        foreach ($set in $command.ParameterSets) { @{ Name = $command.Name; Set = $set.Name } }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    # What a test would pass: a loopback's sessions, and real objects of the kind.
    $pair = New-StationLoopback
    'a message' | Send-StationMessage $pair.Left
    $message = Receive-StationMessage $pair.Right -TimeoutSec 30
    $store = New-TestTrustStore
    $listener = Start-StationListener @store
    $handshake = New-StationHandshake -Role Initiator -TrustMode Any
    $group = New-DhKeyPair -Group ffdhe2048
    $mailbox = Connect-StationMailbox $TestDrive/mail
    $certificate = New-StationNotaryCertificate -Subject 'CN=Mock'

    function Get-Sample([Management.Automation.CommandParameterInfo] $Parameter) {
        $set = $Parameter.Attributes.Where{ $_ -is [Management.Automation.ValidateSetAttribute] }
        if ($set) { return $set[0].ValidValues[0] }

        $type = $Parameter.ParameterType
        switch ($type.IsArray ? $type.GetElementType().Name : $type.Name) {
            'StationSession' { $pair.Left }
            'StationMessage' { $message }
            'ReplyTarget' { $message }
            'StationMailbox' { $mailbox }
            'StationListener' { $listener }
            'ManualHandshake' { $handshake }
            'Fingerprint' { $pair.Left.LocalFingerprint }
            'StationPublicKey' { $pair.Left.RemotePublicKey }
            'PeerRecord' { [StationPeer]@{ Name = 'bob'; Fingerprint = $pair.Left.LocalFingerprint } }
            'DhKeyPair' { $group }
            'DhPublicKeyReference' { $group.PublicKey }
            'DhParameter' { $group.Parameter }
            'DhSharedSecret' { Invoke-DhExchange -KeyPair (New-DhKeyPair) -PeerPublicKey (New-DhKeyPair).PublicKey }
            'SecureString' { ConvertTo-SecureString x -AsPlainText }
            'X509Certificate2' { $certificate }
            'TranscriptReference' { $pair.Left }
            'Stream' { [IO.MemoryStream]::new() }
            'SwitchParameter' { $true }
            'TimeSpan' { [timespan]'1:00' }
            'ScriptBlock' { { } }
            'Int64' { 1 }
            'Int32' { 2048 }
            'Double' { 1 }
            'StationRole' { 'Initiator' }
            'StationKeyAlgorithm' { 'Ed25519' }
            'DhFileFormat' { 'Pem' }
            'DiagramFormat' { 'Text' }
            default { 'text' }
        }
    }
}

AfterAll {
    $pair.Left, $pair.Right | Disconnect-Station -Force
    Stop-StationListener $listener
    Disconnect-StationMailbox $mailbox
}

Describe 'Pester''s Mock' {
    It 'takes the place of <Name>, <Set>' -ForEach $calls {
        $parameters = @{}
        foreach ($parameter in (Get-Command $Name -Module SecureStation).ParameterSets.Where{ $_.Name -eq $Set }.Parameters.Where{ $_.IsMandatory }) {
            $parameters[$parameter.Name] = Get-Sample $parameter
        }

        # Servers are not started for this, nor is mail sent: their doubles are texts, and the mock forgets the type.
        $doubles = $parameters.Keys.Where{ $_ -in 'Server', 'Notary', 'Card', 'Receipt', 'Transfer', 'Handler' -or $Name -in 'Confirm-StationMessage', 'Deny-StationMessage' }
        Mock $Name { 'mocked' } -RemoveParameterType $doubles
        & $Name @parameters | Should -Be 'mocked'
        Should -Invoke $Name -Times 1 -Exactly
    }

    It 'keeps the types of parameters, and drops them when it is told to' {
        Mock Receive-StationMessage { [pscustomobject]@{ Body = 'pong' } } -ParameterFilter { $Session.State -eq 'Open' }
        (Receive-StationMessage $pair.Left).Body | Should -Be 'pong'
        { Receive-StationMessage 'no session' } | Should -Throw
        Mock Send-StationMessage { } -RemoveParameterType Session
        'x' | Send-StationMessage -Session 'any double'
        Should -Invoke Send-StationMessage -Times 1 -Exactly -ParameterFilter { $InputObject -eq 'x' }
    }
}
