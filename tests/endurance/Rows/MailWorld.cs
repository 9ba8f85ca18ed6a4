using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Alice, who sends, and bob, who reads, with keys in a folder that children open too.</summary>
internal sealed class MailWorld : IDisposable
{
    private readonly StationKeyPair _alice;
    private readonly StationKeyPair _bob;
    private readonly StationSealingKeys _bobsKeys;
    private readonly FileTrustStore _peers;
    private int _sent;

    private MailWorld(string folder)
    {
        var store = new KeyStore(Path.Combine(folder, "keys"));
        var sealing = new SealingKeyStore(store);
        _peers = new FileTrustStore(Path.Combine(folder, "peers"));
        if (!store.Contains("alice"))
        {
            StationKeyPair made = store.Save("alice", StationKeyPair.Generate());
            sealing.ExportCard(store.Save("bob", StationKeyPair.Generate()), "bob", default, DateTimeOffset.UtcNow);
            _peers.Add(new PeerRecord { Name = "alice", Fingerprint = made.Fingerprint, PublicKey = made.PublicKey, Accept = true }, replace: false);
        }

        _alice = store.Load("alice");
        _bob = store.Load("bob");
        _bobsKeys = sealing.Load("bob", default);
        Card = sealing.FindCard("bob")!;
    }

    public StationCard Card { get; }

    public static MailWorld Open(string folder) => new(folder);

    public MailReaderTerms Terms(TimeProvider? time = null) => new()
    {
        Box = Card.Box,
        Identities = _bobsKeys.ToIdentities(),
        HasNewestKeys = true,
        FindSender = MailSenders.From(_peers),
        MaxDeliveries = 1000,
        Time = time ?? TimeProvider.System,
        Report = static why => Console.Error.WriteLine(why.Message),
    };

    /// <summary>Sends numbers from 0 on, several at a time.</summary>
    /// <param name="mailbox">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mustHappen">What is to happen while mail flows: the last quarter waits for it.</param>
    public async Task SendAsync(IStationMailbox mailbox, int count, CancellationToken cancellationToken, Task? mustHappen = null)
    {
        var sender = new MailboxSender(mailbox);
        var recipient = SealRecipient.Of(Card, "bob", DateTimeOffset.UtcNow);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (number, token) =>
        {
            var mail = new OutgoingMail
            {
                Sender = _alice,
                Recipients = [recipient],
                Kind = SealedKind.Text,
                Body = System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
            };

            if (mustHappen is not null && number > count * 3 / 4)
            {
                await mustHappen.WaitAsync(token);
            }

            // As a script does that hears MailboxUnavailable: it sends again. What was stored in spite of it is then a message of its own.
            await sender.SendAsync(mail, isDurable: true, token);
            Interlocked.Increment(ref _sent);
        });
    }

    /// <summary>Waits until so many are sent.</summary>
    public async Task WhenSentAsync(int count, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _sent) < count)
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    public void Dispose()
    {
        _bobsKeys.Dispose();
        _alice.Dispose();
        _bob.Dispose();
    }
}
