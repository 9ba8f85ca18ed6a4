using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// What is inside a sealed message, behind the encryption. The first byte says what follows: 0 the whole plaintext, head, body, signature; 1 a head, around
/// which an honest body is written and signed, whatever it says: so that not the signature decides.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A target lives as long as its process.")]
internal sealed class SealedTarget : IFuzzTarget
{
    private readonly StationKeyPair _sender = StationKeyPair.Generate();

    public string Name => "sealed";

    public IEnumerable<byte[]> Corpus()
    {
        foreach (StationKeyPair? sender in (StationKeyPair?[])[_sender, null])
        {
            byte[] head = SealedHeadJson.Write(new SealedHead
            {
                Id = new string('a', 32),
                Sender = sender?.PublicKey,
                Recipients = [_sender.Fingerprint.ToString(), "age:" + new string('0', 43)],
                Kind = SealedKind.Text,
                Headers = [new("name", "value"), new("a", "b")],
                SentAt = DateTimeOffset.UnixEpoch.AddYears(56),
                ExpiresAt = DateTimeOffset.UnixEpoch.AddYears(57),
                Extensions = new Dictionary<string, string> { ["x-in-reply-to"] = new string('b', 32) },
            });
            yield return [1, .. head];
            yield return [0, .. Plaintext(head, sender)];
        }
    }

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        byte[] plaintext = input[0] % 2 == 0 ? input[1..] : Plaintext(input[1..], _sender);
        using var reader = new SealedReader(new MemoryStream(plaintext, writable: false));
        SealedHead head = reader.ReadHead();
        while (!reader.Read().IsEmpty)
        {
        }

        SealedHead again = SealedHeadJson.Read(SealedHeadJson.Write(head));
        return again.Id == head.Id && again.Kind == head.Kind && again.SentAt == head.SentAt && again.ExpiresAt == head.ExpiresAt && Equals(again.Sender, head.Sender)
            && again.Recipients.SequenceEqual(head.Recipients) && again.Headers.SequenceEqual(head.Headers)
            ? true
            : throw new InvalidOperationException("The head is another when it is written and read.");
    }

    private static byte[] Plaintext(byte[] head, StationKeyPair? sender)
    {
        using var plaintext = new MemoryStream();
        using (var writer = new SealedWriter(plaintext, head, sender))
        {
            writer.Write("a body"u8);
            writer.Complete();
        }

        return plaintext.ToArray();
    }
}
