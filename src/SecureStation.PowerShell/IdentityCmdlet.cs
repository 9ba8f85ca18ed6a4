using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys;

namespace SecureStation;

/// <summary>What the cmdlets share that open a -KeyPair, which may be a name in a key store.</summary>
public abstract class IdentityCmdlet : StationCmdlet
{
    /// <summary>The folder of the key store; null for the user's own.</summary>
    private protected abstract string? KeyStoreFolder { get; }

    /// <summary>Opens the key store of a -KeyStore.</summary>
    internal static KeyStore OpenKeyStore(PSCmdlet cmdlet, string? path) =>
        new(path is null ? Core.Keys.KeyStore.DefaultDirectory : PathResolver.Unresolved(cmdlet, path));

    /// <summary>Opens the key store.</summary>
    private protected KeyStore OpenKeyStore() => OpenKeyStore(this, KeyStoreFolder);

    /// <summary>The key pair of a -KeyPair, opened with the passphrase if it is a name; null of null.</summary>
    private protected StationKeyPair? OpenKeyPair(KeyPairReference? reference, SecureString? passphrase)
    {
        if (reference?.Name is null)
        {
            return reference?.KeyPair;
        }

        // On the thread pool, because a passphrase takes 600,000 rounds, or up to 10,000,000 in files of others, and Ctrl+C must not wait.
        KeyStore store = reference.Directory is null ? OpenKeyStore() : new KeyStore(reference.Directory);
        return Compute(() =>
        {
            using var text = new PassphraseText(passphrase);
            return store.Load(reference.Name, text.Span);
        });
    }
}
