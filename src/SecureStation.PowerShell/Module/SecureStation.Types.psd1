# Part of SecureStation.psm1, which imports it after the loader has looked what is loaded. In the manifest, TypesToProcess comes before
# that, and its errors about members that are already present would stand in the place of ModuleAlreadyLoaded.
@{
    ModuleVersion     = '1.0'
    TypesToProcess    = @('SecureStation.Types.ps1xml', 'Handshakes.Types.ps1xml', 'Notary.Types.ps1xml', 'Views.Types.ps1xml', 'Sealing.Types.ps1xml')
    CmdletsToExport   = @()
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
