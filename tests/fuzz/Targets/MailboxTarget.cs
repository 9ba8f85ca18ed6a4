using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Folder;
using SecureStation.Core.Mailboxes.Simulated;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// What lies in a mailbox. The first byte says what follows: 0 the name of a file there, 1 a letter, 2 the head of a message, which an honest sender seals,
/// whatever it says. A letter is given out or becomes a dead one: it is never lost, and the receiver goes on.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A target lives as long as its process.")]
internal sealed class MailboxTarget : IFuzzTarget
{
    private readonly StationKeyPair _sender = StationKeyPair.Generate();
    private readonly X25519Identity _recipient = X25519Identity.Generate();
    private readonly string _box = BoxName.Create();

    public string Name => "mailbox-letter";

    public IEnumerable<byte[]> Corpus()
    {
        string name = new MailboxLetter(default, DateTimeOffset.UnixEpoch).Name;
        byte[] plain = SealedHeadJson.Write(Terms(new Dictionary<string, string>()).ToHead());
        byte[] large = SealedHeadJson.Write(Terms(MailObjectReference.To("not there"u8).ToMembers()).ToHead());
        return
        [
            [0, .. Encoding.ASCII.GetBytes(ClaimName.First(name, null).ToString())],
            [0, .. Encoding.ASCII.GetBytes(ClaimName.First(name, "SealBroken").ToString())],
            [0, .. Encoding.ASCII.GetBytes(name)],
            [1, .. Seal(plain)],
            [2, .. plain],
            [2, .. large],
        ];
    }

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        byte[] rest = input[1..];
        return (input[0] % 3) switch
        {
            0 => IsClaim(Encoding.UTF8.GetString(rest)),
            1 => IsGivenAsync(rest).GetAwaiter().GetResult(),
            _ => IsGivenAsync(Seal(rest)).GetAwaiter().GetResult(),
        };
    }

    private static bool IsClaim(string file)
    {
        if (ClaimName.Parse(file) is not { } claim)
        {
            return MailboxLetter.IsName(file);
        }

        return MailboxLetter.IsName(claim.Letter) && ClaimName.Parse(claim.ToString()) == claim && ClaimName.Parse(claim.Next().ToString())?.Letter == claim.Letter
            ? true
            : throw new InvalidOperationException($"'{file}' is another claim when it is written.");
    }

    private async Task<bool> IsGivenAsync(byte[] letter)
    {
        await using var mailbox = new SimulatedMailbox();
        await mailbox.PutAsync(_box, new MailboxLetter(letter, DateTimeOffset.UtcNow), isDurable: true, CancellationToken.None);
        int reported = 0;
        bool isGiven;
        await using (var receiver = new MailboxReceiver(mailbox, new MailReaderTerms
        {
            Box = _box,
            Identities = [SealIdentity.OfAge(_recipient)],
            FindSender = _ => "sender",
            HasNewestKeys = true,
            Report = _ => Interlocked.Increment(ref reported),
        }))
        {
            isGiven = await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, CancellationToken.None) is not null;
        }

        MailboxCounts counts = await mailbox.CountAsync(_box, CancellationToken.None);
        return counts.Waiting + counts.Leased + counts.Dead == 1 && isGiven == (reported == 0)
            ? isGiven
            : throw new InvalidOperationException($"Given: {isGiven}; {reported} reported; there is {counts}.");
    }

    private SealingTerms Terms(IReadOnlyDictionary<string, string> members) => new()
    {
        Sender = _sender,
        Recipients = [SealRecipient.Parse(_recipient.Recipient.ToString())],
        AllowClassical = true,
        Kind = SealedKind.Text,
        SentAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddDays(20),
        Extensions = members,
    };

    private byte[] Seal(byte[] head)
    {
        using var file = new MemoryStream();
        using (AgeWriter age = AgeFile.Seal(file, [_recipient.Recipient], armored: false))
        {
            using (var writer = new SealedWriter(age, head, _sender))
            {
                writer.Write("a body"u8);
                writer.Complete();
            }

            age.Complete();
        }

        return file.ToArray();
    }
}
