using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Somebody with an identity, sealing keys and a card.</summary>
internal sealed class SealParty : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SealParty(string name, DateTimeOffset? now = null, StationKeyAlgorithm algorithm = StationKeyAlgorithm.Ed25519)
    {
        Name = name;
        var store = new KeyStore(_folder.Path);
        KeyPair = store.Save(name, StationKeyPair.Generate(algorithm));
        Store = new SealingKeyStore(store);
        Card = Store.ExportCard(KeyPair, name, [], now ?? DateTimeOffset.UtcNow);
        Keys = Store.Load(name, []);
    }

    public string Name { get; }

    public StationKeyPair KeyPair { get; }

    public SealingKeyStore Store { get; }

    public StationCard Card { get; }

    public StationSealingKeys Keys { get; }

    public SealRecipient Recipient => SealRecipient.Of(Card, Name, DateTimeOffset.UtcNow);

    /// <summary>A text of this sender.</summary>
    public byte[] Seal(string text, params SealRecipient[] recipients) => SealedMessage.Seal(Terms(recipients), Encoding.UTF8.GetBytes(text));

    public SealingTerms Terms(params SealRecipient[] recipients) => new() { Sender = KeyPair, Recipients = recipients, Kind = SealedKind.Text };

    /// <summary>Opens, knowing these senders.</summary>
    public SealedMessage Open(ReadOnlyMemory<byte> file, params SealParty[] known) => SealedMessage.Open(file, OpeningTerms(known));

    public OpeningTerms OpeningTerms(params SealParty[] known) => new()
    {
        Identities = Keys.ToIdentities(),
        AreComplete = Keys.IsComplete,
        FindSender = sender => known.FirstOrDefault(one => one.KeyPair.PublicKey.Equals(sender))?.Name,
    };

    public void Dispose()
    {
        Keys.Dispose();
        KeyPair.Dispose();
        _folder.Dispose();
    }
}
