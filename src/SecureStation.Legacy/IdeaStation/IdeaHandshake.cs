using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>
/// The key transport:
/// <code>
/// 1 client  PEM public key                                           271 bytes for RSA-1024
/// 2 server  "YES"                                                    before any check
/// 3 client  SHA-1 of message 1, 40 lower-case hex digits
/// 4 server  text of the tuple (textbook RSA of the session value,)   about 372 bytes for RSA-1024
/// </code>
/// The server is not authenticated at all, and the digest comes over the same line as what it is a digest of.
/// </summary>
internal static class IdeaHandshake
{
    private const int DigestLength = 40;

    private static readonly SearchValues<byte> s_lowerHex = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> Yes => "YES"u8;

    /// <summary>The client's side; returns the digest that keys come from.</summary>
    public static async Task<string> ConnectAsync(ChatChannel channel, TextbookRsaKeyPair key, CancellationToken cancellationToken)
    {
        await channel.WriteAsync(HandshakeStage.Message1, key.PublicPem, cancellationToken).ConfigureAwait(false);
        NotePublicKey(channel, isOwn: true, key.PublicPem);

        byte[] yes = await channel.ReadAsync(HandshakeStage.Message2, Yes.Length, FindYes, cancellationToken).ConfigureAwait(false);
        NoteYes(channel, isOwn: false, yes);

        byte[] digest = Digest(key.PublicPem);
        await channel.WriteAsync(HandshakeStage.Message3, digest, cancellationToken).ConfigureAwait(false);
        NoteDigest(channel, isOwn: true, digest);

        byte[] text = await channel.ReadAsync(HandshakeStage.Message4, MaxTupleLength(key.PublicKey), FindTupleEnd, cancellationToken).ConfigureAwait(false);
        byte[] value = new byte[IdeaSessionValue.Length];
        bool isRestored = ChatChannel.Parse(HandshakeStage.Message4, () =>
        {
            PythonTuple.TryRead(text, out byte[] ciphertext, out _);
            return LongToBytes.TryRestore(key.Decrypt(ciphertext), value);
        });
        if (!isRestored)
        {
            throw ChatChannel.Failed(HandshakeStage.Message4, $"the session value has more than {IdeaSessionValue.Length} bytes");
        }

        return NoteSessionValue(channel, isOwn: false, text, value);
    }

    /// <summary>The server's side; returns the digest that keys come from, and the bits of the client's key.</summary>
    public static async Task<(string Digest, int KeySize)> AcceptAsync(ChatChannel channel, Func<byte[]> draw, IPendingConnection connection, CancellationToken cancellationToken)
    {
        byte[] pem = await channel.ReadAsync(HandshakeStage.Message1, PublicKeyPem.MaxLength, PublicKeyPem.FindEnd, cancellationToken).ConfigureAwait(false);
        connection.FirstMessageRead();
        TextbookRsaPublicKey key = ChatChannel.Parse(HandshakeStage.Message1, () => TextbookRsaPublicKey.FromPem(pem));
        NotePublicKey(channel, isOwn: false, pem);

        await channel.WriteAsync(HandshakeStage.Message2, Yes.ToArray(), cancellationToken).ConfigureAwait(false);
        NoteYes(channel, isOwn: true, Yes.ToArray());

        // Line ends before the digest belong to a PEM that was sent with them, and the digest covers them.
        byte[] received = await channel.ReadAsync(HandshakeStage.Message3, 2 + DigestLength, FindDigestEnd, cancellationToken).ConfigureAwait(false);
        byte[] expected = Digest([.. pem, .. received[..^DigestLength]]);
        NoteDigest(channel, isOwn: false, received);
        if (!CryptographicOperations.FixedTimeEquals(expected, received.AsSpan(received.Length - DigestLength)))
        {
            // The old program says nothing to its client either: it ends.
            throw ChatChannel.Failed(HandshakeStage.Message3, "the digest is not that of the public key");
        }

        ChatChannel.RequirePlace(HandshakeStage.Message3, connection);
        byte[] value = draw();
        byte[] text = [];
        await connection.WithWorkPermitAsync(
            () =>
            {
                text = PythonTuple.Write(key.Encrypt(value));
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        await channel.WriteAsync(HandshakeStage.Message4, text, cancellationToken).ConfigureAwait(false);
        return (NoteSessionValue(channel, isOwn: true, text, value), key.Size);
    }

    private static byte[] Digest(ReadOnlySpan<byte> pem) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA1.HashData(pem)));

    // Four characters a byte, and ('',) around them.
    private static int MaxTupleLength(TextbookRsaPublicKey key) => (4 * ((key.Size + 7) / 8)) + 5;

    private static int FindYes(ReadOnlySpan<byte> received)
    {
        int known = Math.Min(received.Length, Yes.Length);
        return received[..known].SequenceEqual(Yes[..known])
            ? (known == Yes.Length ? known : 0)
            : throw new FormatException("the server did not answer YES");
    }

    private static int FindDigestEnd(ReadOnlySpan<byte> received)
    {
        int start = received.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        if (start < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> digits = received[start..];
        int known = Math.Min(digits.Length, DigestLength);
        return digits[..known].ContainsAnyExcept(s_lowerHex)
            ? throw new FormatException("the digest is not 40 lower-case hex digits")
            : known == DigestLength ? start + known : 0;
    }

    private static int FindTupleEnd(ReadOnlySpan<byte> received) => PythonTuple.TryRead(received, out _, out int length) ? length : 0;

    private static void NotePublicKey(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "PublicKey", isOwn, message, "The client's RSA public key. Nothing says whose it is: anybody in between can put his own here.");

    private static void NoteYes(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "Yes", isOwn, message, "The server takes the key; it has checked nothing yet, and proves nothing of itself.");

    private static void NoteDigest(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "Digest", isOwn, message, "SHA-1 of message 1, over the same line: who replaced the key replaces the digest too.");

    private static string NoteSessionValue(ChatChannel channel, bool isOwn, byte[] message, byte[] value)
    {
        string digest = IdeaSessionValue.Digest(value);
        byte[] key = IdeaSessionValue.ToIdeaKey(digest);
        using var stream = new IdeaKeystream(key);
        channel.Note(
            "SessionValue",
            isOwn,
            message,
            "The session value, encrypted to the client's key by RSA without padding, as the text of a Python tuple that the old client evaluates as code. SHA-1 of the value is the session key; its first 16 characters are the IDEA key, and that makes 16 bytes that every message is XORed with.",
            ("SessionValue", Convert.ToHexStringLower(value)),
            ("SessionKey", digest),
            ("IdeaKey", Convert.ToHexStringLower(key)),
            ("Keystream", stream.ToHex()));
        CryptographicOperations.ZeroMemory(value);
        CryptographicOperations.ZeroMemory(key);
        return digest;
    }
}
