using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation;

/// <summary>What the cmdlets share that open a -KeyPair, which may be a name in a key store.</summary>
public abstract class IdentityCmdlet : StationCmdlet
{
    /// <summary>The folder of the key store; null for the user's own.</summary>
    private protected abstract string? KeyStoreFolder { get; }

    /// <summary>Opens the key store of a -KeyStore.</summary>
    internal static KeyStore OpenKeyStore(PSCmdlet cmdlet, string? path) =>
        new(path is null ? Core.Keys.Files.KeyStore.DefaultDirectory : PathResolver.Unresolved(cmdlet, path));

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

    /// <summary>The sealing keys beside a -KeyPair in its key store, opened with the passphrase. The private key itself is not touched: it never decrypts.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealingKeyMissing"/>, <see cref="StationFault.WrongPassphrase"/></exception>
    private protected StationSealingKeys OpenSealingKeys(KeyPairReference reference, SecureString? passphrase)
    {
        string? name = reference.Name ?? reference.KeyPair!.Name;
        string? folder = reference.Name is null ? reference.KeyPair!.StoreDirectory : reference.Directory;
        return name is not null && (folder is not null || reference.Name is not null)
            ? LoadSealingKeys(new SealingKeyStore(folder is null ? OpenKeyStore() : new KeyStore(folder)), name, passphrase)
            : throw new StationException(StationFault.SealingKeyMissing, $"The key pair {reference} is in no key store, so no sealing keys are beside it.");
    }

    /// <summary>The sealing keys of a -SealingKey: a name in the key store, or a file that Export-StationSealingKey wrote.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealingKeyMissing"/>, <see cref="StationFault.NotFound"/>, <see cref="StationFault.WrongPassphrase"/></exception>
    private protected StationSealingKeys OpenSealingKeys(string nameOrPath, SecureString? passphrase)
    {
        var store = new SealingKeyStore(OpenKeyStore());
        if (Core.Keys.Files.KeyStore.IsValidName(nameOrPath) && store.Contains(nameOrPath))
        {
            return LoadSealingKeys(store, nameOrPath, passphrase);
        }

        string file = PathResolver.Existing(this, nameOrPath, isLiteral: true)[0];
        return Compute(() =>
        {
            using var text = new PassphraseText(passphrase);
            return StationSealingKeys.ReadFile(file, text.Span);
        });
    }

    /// <summary>What opens sealed messages: the sealing keys of -KeyPair and -SealingKey, the files of -AgeIdentityPath, a passphrase.</summary>
    private protected SealReader OpenReader(KeyPairReference? keyPair, string? sealingKey, IEnumerable<string> ageIdentityPaths, SecureString? passphrase, SecureString? sealPassphrase)
    {
        var reader = new SealReader();
        try
        {
            if (keyPair is not null)
            {
                reader.Add(OpenSealingKeys(keyPair, passphrase), keyPair.Name ?? keyPair.KeyPair!.Name!);
            }

            if (sealingKey is not null)
            {
                reader.Add(OpenSealingKeys(sealingKey, passphrase), sealingKey);
            }

            foreach (string file in ageIdentityPaths.SelectMany(path => PathResolver.Existing(this, path, isLiteral: false)))
            {
                reader.Add(Compute(_ =>
                {
                    using var text = new PassphraseText(passphrase);
                    return SealIdentity.ReadFile(file, text.Span);
                }));
            }

            if (sealPassphrase is not null)
            {
                using var text = new PassphraseText(sealPassphrase);
                reader.Add(SealIdentity.OfPassphrase(text.Span));
            }

            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private StationSealingKeys LoadSealingKeys(SealingKeyStore store, string name, SecureString? passphrase) => Compute(() =>
    {
        using var text = new PassphraseText(passphrase);
        return store.Load(name, text.Span);
    });
}
