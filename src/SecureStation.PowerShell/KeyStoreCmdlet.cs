using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys;

namespace SecureStation;

/// <summary>What the cmdlets share that use the key store: -KeyStore, -Passphrase, and opening a -KeyPair.</summary>
public abstract class KeyStoreCmdlet : StationCmdlet
{
    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>Opens the key store of a -KeyStore.</summary>
    internal static KeyStore OpenKeyStore(PSCmdlet cmdlet, string? path) =>
        new(path is null ? Core.Keys.KeyStore.DefaultDirectory : PathResolver.Unresolved(cmdlet, path));

    /// <summary>Opens the key store.</summary>
    private protected KeyStore OpenKeyStore() => OpenKeyStore(this, KeyStore);

    /// <summary>The key pair of a -KeyPair, opened with the passphrase if it is a name; null of null.</summary>
    private protected StationKeyPair? OpenKeyPair(KeyPairReference? reference, SecureString? passphrase)
    {
        if (reference?.Name is null)
        {
            return reference?.KeyPair;
        }

        // On the thread pool, because a passphrase takes 600,000 rounds, or up to 10,000,000 in files of others, and Ctrl+C must not wait.
        KeyStore store = reference.Directory is null ? OpenKeyStore() : new KeyStore(reference.Directory);
        return RunAside(() =>
        {
            using var text = new PassphraseText(passphrase);
            return store.Load(reference.Name, text.Span);
        });
    }
}
