using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that make cards: an identity of the key store.</summary>
public abstract class CardCmdlet : KeyStoreCmdlet
{
    /// <summary>Makes a card.</summary>
    private protected delegate StationCard Maker(SealingKeyStore store, StationKeyPair identity, string name, ReadOnlySpan<char> passphrase, DateTimeOffset now);

    /// <summary>The identity: its name in the key store, or a key pair that is from one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("KeyPair")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? Name { get; set; }

    /// <summary>The passphrase of the identity; the sealing keys have it too.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <summary>The key store and the name in it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a key pair that is in no store has nowhere to keep sealing keys.</exception>
    private protected (KeyStore Store, string Name) Target()
    {
        string? name = Name!.Name ?? Name.KeyPair!.Name;
        string? folder = Name.Name is null ? Name.KeyPair!.StoreDirectory : Name.Directory;
        return name is null || (Name.Name is null && folder is null)
            ? throw new StationException(StationFault.InvalidArgument, $"The key pair {Name} is in no key store, so its sealing keys could be kept nowhere. Make one with a name: New-StationKeyPair -Name.")
            : (folder is null ? OpenKeyStore() : new KeyStore(folder), name);
    }

    /// <summary>Makes a card with the identity, opened with the passphrase.</summary>
    private protected StationCard Make(KeyStore store, string name, Maker make) => Compute(_ =>
    {
        using var text = new PassphraseText(Passphrase);
        StationKeyPair identity = Name!.KeyPair ?? store.Load(name, text.Span);
        try
        {
            return make(new SealingKeyStore(store), identity, name, text.Span, DateTimeOffset.UtcNow);
        }
        finally
        {
            if (Name.KeyPair is null)
            {
                identity.Dispose();
            }
        }
    });
}
