@{
    RootModule           = 'bin/SecureStation.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6a2f6c52-6a54-4c53-9f0e-5e7b6a1d7c11'
    Author               = 'SecureStation contributors'
    CompanyName          = 'SecureStation'
    Copyright            = '(c) SecureStation contributors. MIT licence.'
    Description          = 'Stations with identities that find, trust and call one another: scripts listen, connect, shake hands (Noise) and pipe encrypted messages, text, bytes and objects.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('bin/SecureStation.Format.ps1xml', 'bin/DiffieHellman.Format.ps1xml', 'bin/Handshakes.Format.ps1xml')
    CmdletsToExport      = @(
        'Add-StationPeer'
        'Complete-StationHandshake'
        'Connect-Station'
        'ConvertTo-DhDerivedKey'
        'ConvertTo-StationDiagram'
        'Disconnect-Station'
        'Export-DhKeyPair'
        'Export-DhParameter'
        'Export-StationKeyPair'
        'Export-StationTranscript'
        'Get-DhServer'
        'Get-StationChannelBinding'
        'Get-StationFingerprint'
        'Get-StationKeyPair'
        'Get-StationListener'
        'Get-StationPeer'
        'Get-StationProtocol'
        'Get-StationSession'
        'Get-StationTranscript'
        'Import-DhKeyPair'
        'Import-DhParameter'
        'Import-StationKeyPair'
        'Import-StationPublicKey'
        'Import-StationTranscript'
        'Invoke-DhExchange'
        'New-DhKeyPair'
        'New-DhParameter'
        'New-StationHandshake'
        'New-StationInvitation'
        'New-StationKeyPair'
        'New-StationLoopback'
        'Protect-StationMessage'
        'Receive-DhExchange'
        'Receive-StationMessage'
        'Remove-StationKeyPair'
        'Remove-StationPeer'
        'Send-StationMessage'
        'Set-StationPeer'
        'Start-DhServer'
        'Start-StationListener'
        'Step-StationHandshake'
        'Stop-DhServer'
        'Stop-StationListener'
        'Test-DhParameter'
        'Test-Station'
        'Test-StationTranscript'
        'Unprotect-StationMessage'
        'Update-StationSessionKey'
        'Wait-StationSession'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags                     = @('Security', 'Encryption', 'Noise', 'Messaging', 'Networking', 'Handshake', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri               = 'https://opensource.org/license/mit'
            ReleaseNotes             = 'See CHANGELOG.md.'
            RequireLicenseAcceptance = $false
        }
    }
}
