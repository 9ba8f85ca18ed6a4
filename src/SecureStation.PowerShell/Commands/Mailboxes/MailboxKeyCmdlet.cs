using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that are about the box of an identity of the key store: -KeyPair, -Passphrase, -KeyStore.</summary>
public abstract class MailboxKeyCmdlet : KeyStoreCmdlet
{
    /// <summary>The identity: a name in the key store, or a key pair from there.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The key store and the name in it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a key pair that is in no store has no card.</exception>
    private protected (SealingKeyStore Store, string Name) Resolve(KeyPairReference reference)
    {
        string? name = reference.Name ?? reference.KeyPair!.Name;
        string? folder = reference.Name is null ? reference.KeyPair!.StoreDirectory : reference.Directory;
        return name is null || (reference.Name is null && folder is null)
            ? throw new StationException(StationFault.InvalidArgument, $"The key pair {reference} is in no key store, so it has no card and no box.")
            : (new SealingKeyStore(folder is null ? OpenKeyStore() : new KeyStore(folder)), name);
    }

    /// <summary>The newest card of an identity, which names its box.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NoCard"/></exception>
    private protected StationCard CardOf(KeyPairReference reference)
    {
        (SealingKeyStore store, string name) = Resolve(reference);
        return store.FindCard(name) ?? throw new StationException(StationFault.NoCard, $"'{name}' has no card yet, and so no box: Export-StationCard {name} makes it.");
    }
}
