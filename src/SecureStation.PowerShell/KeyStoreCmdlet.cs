using System.Management.Automation;

namespace SecureStation;

/// <summary>What the cmdlets share that keep keys: -KeyStore.</summary>
public abstract class KeyStoreCmdlet : IdentityCmdlet
{
    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;
}
