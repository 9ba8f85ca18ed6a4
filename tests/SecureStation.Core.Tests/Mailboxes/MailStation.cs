using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Mailboxes;

/// <summary>A station with an identity, sealing keys, a card and peers, in a folder of its own.</summary>
internal sealed class MailStation : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationSealingKeys _keys;

    public MailStation(string name, TimeProvider? time = null)
    {
        Name = name;
        Time = time ?? TimeProvider.System;
        var store = new KeyStore(_folder.File("keys"));
        KeyPair = store.Save(name, StationKeyPair.Generate());
        var sealing = new SealingKeyStore(store);
        Card = sealing.ExportCard(KeyPair, name, default, Time.GetUtcNow());
        _keys = sealing.Load(name, default);
        Peers = new FileTrustStore(_folder.File("peers"));
    }

    public string Name { get; }

    public TimeProvider Time { get; }

    public StationKeyPair KeyPair { get; }

    public StationCard Card { get; }

    public FileTrustStore Peers { get; }

    public List<StationException> Reported { get; } = [];

    /// <summary>Lets another send to this one.</summary>
    public void Accept(MailStation other) =>
        Peers.Add(new PeerRecord { Name = other.Name, Fingerprint = other.KeyPair.Fingerprint, PublicKey = other.KeyPair.PublicKey, Accept = true }, replace: true);

    public MailReaderTerms Terms() => new()
    {
        Box = Card.Box,
        Identities = _keys.ToIdentities(),
        HasNewestKeys = true,
        FindSender = MailSenders.From(Peers),
        Time = Time,
        Report = why =>
        {
            lock (Reported)
            {
                Reported.Add(why);
            }
        },
    };

    public OutgoingMail Mail(string text, params MailStation[] to) => new()
    {
        Sender = KeyPair,
        Recipients = [.. to.Select(one => SealRecipient.Of(one.Card, one.Name, Time.GetUtcNow()))],
        Kind = SealedKind.Text,
        Body = System.Text.Encoding.UTF8.GetBytes(text),
    };

    public void Dispose()
    {
        _keys.Dispose();
        KeyPair.Dispose();
        _folder.Dispose();
    }
}
