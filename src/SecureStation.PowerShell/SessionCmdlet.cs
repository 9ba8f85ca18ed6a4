using System.Management.Automation;
using System.Security;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>What the cmdlets share that shake hands: who this station is, and whom it trusts.</summary>
public abstract class SessionCmdlet : KeyStoreCmdlet
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

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    /// <summary>Opens the trust store.</summary>
    private protected FileTrustStore OpenTrustStore() =>
        new(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
}
