using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>The example in docs/protocol/sealed.md is what the code makes and reads: a card, a plaintext byte by byte, and an age file around it.</summary>
public sealed class SealedDocumentTests : IDisposable
{
    private const string Start = "<!-- example -->\n", End = "<!-- end -->\n";
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeMilliseconds(1_764_316_800_000);
    private static readonly string s_path = Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "sealed.md");

    private readonly StationKeyPair _alice = new(PrivateKey.FromEd25519Seed(Rising(0))), _bob = new(PrivateKey.FromEd25519Seed(Rising(32)));
    private readonly HybridIdentity _hybrid = new(Rising(64));
    private readonly X25519Identity _x25519 = new(Rising(96));

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _hybrid.Dispose();
        _x25519.Dispose();
    }

    [Fact]
    public void The_example_is_what_the_code_makes()
    {
        string document = File.ReadAllText(s_path);
        int start = document.IndexOf(Start, StringComparison.Ordinal) + Start.Length, end = document.IndexOf(End, StringComparison.Ordinal);
        string written = document[start..end];
        string armored = Block(written, "-----BEGIN AGE");
        string actual = Example(armored.Length > 0 ? armored : Seal());
        Approval.Verify(s_path, written, actual, () => document[..start] + actual + document[end..]);
    }

    [Fact]
    public void The_age_file_in_the_example_opens_for_bob()
    {
        string armored = Block(File.ReadAllText(s_path), "-----BEGIN AGE");
        SealedMessage message = SealedMessage.Open(Encoding.ASCII.GetBytes(armored), new OpeningTerms
        {
            Identities = [SealIdentity.OfAge(_hybrid, _bob.Fingerprint.Text)],
            FindSender = sender => sender.Equals(_alice.PublicKey) ? "alice" : null,
            Now = s_now,
        });
        Assert.Equal(("at 5", "alice", true, SealSecrecy.Hybrid), (message.Body, message.Peer, message.Verified, message.Secrecy));
    }

    private static byte[] Rising(int from) => [.. Enumerable.Range(from, 32).Select(static i => (byte)i)];

    private StationCard Card => StationCard.Create(_bob, [_hybrid.Recipient.ToString(), _x25519.Recipient.ToString()], "abcdefghijklmnopqrstuvwxyz234567", s_now.ToUnixTimeMilliseconds(), s_now);

    private SealingTerms Terms => new()
    {
        Sender = _alice,
        Recipients = [SealRecipient.Of(Card, "bob", s_now)],
        Kind = SealedKind.Text,
        Headers = [new("subject", "deploy")],
        SentAt = s_now,
        ExpiresAt = s_now.AddDays(7),
        Id = Convert.ToHexStringLower(Rising(0).AsSpan(0, 16)),
    };

    private string Seal() => Encoding.ASCII.GetString(SealedMessage.Seal(Terms, "at 5"u8, armored: true));

    private string Example(string armored)
    {
        byte[] card = Card.ToBytes(), plaintext = SealedPlaintext.Of(SealedMessage.Seal(Terms, "at 5"u8), [_hybrid]);
        int head = SealedLayout.Magic.Length + sizeof(uint), body = plaintext.Length - 66 - 4;
        return $"""
            Alice's identity has the Ed25519 seed 00 … 1f, bob's 20 … 3f; bob's hybrid sealing key the seed 40 … 5f, his X25519 key 60 … 7f. The time is {s_now.ToUnixTimeMilliseconds()}.

                alice  {_alice.Fingerprint}
                bob    {_bob.Fingerprint}

            Bob's card. Its statement has {card.Length - 68:N0} bytes; the signature, of 64, is

            {Hex(card.AsSpan(card.Length - 64))}
            and as text it is

            ```text
            {Card.ToText()}```

            The plaintext of a message from alice to bob: its first {head} bytes,

            {Hex(plaintext.AsSpan(0, head))}
            the head,

            {Quote(Encoding.UTF8.GetString(plaintext.AsSpan(head, body - head)))}
            the body `at 5`, the signature and its length:

            {Hex(plaintext.AsSpan(body))}
            The signature is over, after `SecureStation/1 sealed` and a zero byte,

            {Hex(SealedLayout.SignedBytes(System.Security.Cryptography.SHA256.HashData(plaintext.AsSpan(head, body - head)), 4, System.Security.Cryptography.SHA256.HashData("at 5"u8)))}
            An age file around it, which bob's hybrid key opens (others would have other random numbers):

            ```text
            {armored}```

            """.ReplaceLineEndings("\n");
    }

    private static string Hex(ReadOnlySpan<byte> bytes)
    {
        var lines = new StringBuilder();
        foreach (byte[] line in bytes.ToArray().Chunk(32))
        {
            lines.Append("    ").AppendJoin(' ', line.Chunk(4).Select(static part => Convert.ToHexStringLower(part))).Append('\n');
        }

        return lines.ToString();
    }

    private static string Quote(string text) => string.Concat(text.Chunk(100).Select(static line => "    " + new string(line) + "\n"));

    private static string Block(string text, string begin)
    {
        int start = text.IndexOf(begin, StringComparison.Ordinal);
        return start < 0 ? "" : text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
