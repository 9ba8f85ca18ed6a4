using System.Management.Automation;
using System.Security;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>What the cmdlets share that shake hands: who this station is, and whom it trusts.</summary>
public abstract class SessionCmdlet : IdentityCmdlet
{
    /// <summary>This station's identity: a key pair, or the name of one in the key store. Without it a fresh one in memory is used.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The passphrase of a named key pair, a SecureString or a string.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    /// <remarks>
    /// Not by property name: with a parameter of all sets that binds so, PowerShell latches on to Connect-Station's default set and never
    /// looks at the host names of a piped table.
    /// </remarks>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    /// <summary>Opens the trust store.</summary>
    /// <param name="directory">The one to open where -TrustStore is not given; null for the user's own.</param>
    private protected FileTrustStore OpenTrustStore(string? directory = null) =>
        new(TrustStore is null ? directory ?? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
}
