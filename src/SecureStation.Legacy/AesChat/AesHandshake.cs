using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>
/// The key transport:
/// <code>
/// 1 client  client PEM ":" MD5 of it, 32 lower-case hex digits          304 bytes for RSA-1024
/// 2 server  text of the tuple (RSA(client, inner),) ":" server PEM      no digest after it: it is inside
/// 3 client  text of the tuple (RSA(server, eightByte),)
/// 4 server  AES-CBC of "Ready" and 11 backticks                         16 raw bytes
/// 5 client  its name, in clear, nothing after it
/// </code>
/// Neither side is authenticated; whoever sits between them has a key with each.
/// </summary>
internal static class AesHandshake
{
    /// <summary>The most bytes of a client's name: what the old server reads at once.</summary>
    public const int MaxName = 2048;

    private const int DigestLength = 32;

    // One draw in seven will do for a key of 4096 bits, more for shorter ones.
    private const int MaxDraws = 1000;

    private static readonly SearchValues<byte> s_lowerHex = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> Ready => "Ready"u8;

    /// <summary>The client's side up to Ready; the name goes out with <see cref="SendNameAsync"/>.</summary>
    public static async Task<CbcChain> ConnectAsync(ChatChannel channel, TextbookRsaKeyPair key, CancellationToken cancellationToken)
    {
        byte[] first = [.. key.PublicPem, (byte)':', .. AesSessionValue.Digest(key.PublicPem)];
        await channel.WriteAsync(HandshakeStage.Message1, first, cancellationToken).ConfigureAwait(false);
        NotePublicKey(channel, isOwn: true, first);

        byte[] offer = await channel.ReadAsync(HandshakeStage.Message2, MaxOffer(key.PublicKey), FindOfferEnd, cancellationToken).ConfigureAwait(false);
        (byte[] eightByte, TextbookRsaPublicKey server) = ChatChannel.Parse(HandshakeStage.Message2, () => ReadOffer(offer, key));
        NoteOffer(channel, isOwn: false, offer, eightByte);
        if (eightByte[0] == 0)
        {
            // Our answer would lose the zero as well, and an old server then waits for ever.
            throw ChatChannel.Failed(HandshakeStage.Message2, "the server's session value begins with a zero byte, with which no client of this protocol can join; the server has to be restarted");
        }

        byte[] echo = PythonTuple.Write(server.Encrypt(eightByte));
        await channel.WriteAsync(HandshakeStage.Message3, echo, cancellationToken).ConfigureAwait(false);
        NoteEcho(channel, isOwn: true, echo);

        byte[] ready = await channel.ReadAsync(HandshakeStage.Message4, CbcChain.BlockLength, FindBlockEnd, cancellationToken).ConfigureAwait(false);
        CbcChain chain = Begin(eightByte);
        if (!chain.Decrypt(ready).AsSpan().SequenceEqual(BacktickPadding.Pad(Ready)))
        {
            throw ChatChannel.Failed(HandshakeStage.Message4, "the server did not say Ready");
        }

        NoteReady(channel, isOwn: false, ready);
        return chain;
    }

    /// <summary>The client's last message.</summary>
    public static async Task SendNameAsync(ChatChannel channel, byte[] name, CancellationToken cancellationToken)
    {
        await channel.WriteAsync(HandshakeStage.Message5, name, cancellationToken).ConfigureAwait(false);
        NoteName(channel, isOwn: true, name);
    }

    /// <summary>The server's side up to Ready.</summary>
    public static async Task<(CbcChain Chain, int KeySize)> AcceptAsync(
        ChatChannel channel, TextbookRsaKeyPair key, Func<byte[]> draw, IPendingConnection connection, CancellationToken cancellationToken)
    {
        byte[] first = await channel.ReadAsync(HandshakeStage.Message1, PublicKeyPem.MaxLength, FindFirstEnd, cancellationToken).ConfigureAwait(false);
        connection.FirstMessageRead();
        TextbookRsaPublicKey client = ChatChannel.Parse(HandshakeStage.Message1, () => ReadFirst(first));
        NotePublicKey(channel, isOwn: false, first);

        byte[] eightByte = [];
        byte[] offer = [];
        await connection.WithWorkPermitAsync(
            () =>
            {
                (eightByte, offer) = DrawOffer(client, key.PublicPem, draw);
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        await channel.WriteAsync(HandshakeStage.Message2, offer, cancellationToken).ConfigureAwait(false);
        NoteOffer(channel, isOwn: true, offer, eightByte);

        byte[] echo = await channel.ReadAsync(HandshakeStage.Message3, MaxTuple(key.PublicKey), FindTupleEnd, cancellationToken).ConfigureAwait(false);
        byte[] answer = [];
        await connection.WithWorkPermitAsync(
            () =>
            {
                answer = ChatChannel.Parse(HandshakeStage.Message3, () => key.Decrypt(ReadTuple(echo, out _)));
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        if (!CryptographicOperations.FixedTimeEquals(answer, eightByte))
        {
            // The old server leaves its client waiting here; to close says as much, and sooner.
            throw ChatChannel.Failed(HandshakeStage.Message3, "the client did not return the session value");
        }

        NoteEcho(channel, isOwn: false, echo);
        ChatChannel.RequirePlace(HandshakeStage.Message3, connection);
        CbcChain chain = Begin(eightByte);
        byte[] ready = chain.Encrypt(BacktickPadding.Pad(Ready));
        await channel.WriteAsync(HandshakeStage.Message4, ready, cancellationToken).ConfigureAwait(false);
        NoteReady(channel, isOwn: true, ready);
        return (chain, client.Size);
    }

    /// <summary>
    /// The client's name: what its first read gives, up to where a message begins that ran together with it; what follows is the rest.
    /// An old client without a name sends none, so its first message stands there.
    /// </summary>
    public static async Task<(byte[] Name, byte[] AfterName)> ReadNameAsync(ChatChannel channel, CbcChain chain, CancellationToken cancellationToken)
    {
        byte[] received = await channel.ReadAsync(HandshakeStage.Message5, MaxName, static bytes => bytes.Length, cancellationToken).ConfigureAwait(false);
        int end = AesReceiver.FindMessage(chain, received);
        byte[] name = received[..end];
        NoteName(channel, isOwn: false, name);
        return (name, [.. received.AsSpan(end), .. channel.Rest.Span]);
    }

    private static CbcChain Begin(byte[] eightByte)
    {
        byte[] key = AesSessionValue.ToKey(eightByte);
        var chain = new CbcChain(key);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(eightByte);
        return chain;
    }

    // An original client splits message 2 at the first colon and evaluates what is before it: a colon in the literal, and it ends.
    private static (byte[] EightByte, byte[] Offer) DrawOffer(TextbookRsaPublicKey client, byte[] serverPem, Func<byte[]> draw)
    {
        for (int i = 0; i < MaxDraws; i++)
        {
            byte[] eightByte = draw();
            if (!AesSessionValue.IsSafe(eightByte))
            {
                continue;
            }

            byte[] literal = PythonTuple.Write(client.Encrypt(AesSessionValue.WriteInner(eightByte, serverPem)));
            if (!literal.Contains((byte)':'))
            {
                return (eightByte, [.. literal, (byte)':', .. serverPem]);
            }
        }

        throw ChatChannel.Failed(HandshakeStage.Message2, "no session value encrypts to the client's key without a colon; it is no proper RSA key");
    }

    private static TextbookRsaPublicKey ReadFirst(byte[] message)
    {
        // The old server takes CR LF pairs out of both parts before it compares.
        byte[] pem = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(message, 0, message.Length - DigestLength - 1).Replace("\r\n", string.Empty, StringComparison.Ordinal));
        return AesSessionValue.Digest(pem).AsSpan().SequenceEqual(message.AsSpan(message.Length - DigestLength))
            ? TextbookRsaPublicKey.FromPem(pem)
            : throw new FormatException("the digest is not that of the public key");
    }

    private static (byte[] EightByte, TextbookRsaPublicKey Server) ReadOffer(byte[] offer, TextbookRsaKeyPair key)
    {
        byte[] ciphertext = ReadTuple(offer, out int length);
        byte[] serverPem = offer[(length + 1)..];
        byte[] inner = key.Decrypt(ciphertext);
        return (AesSessionValue.ReadInner(inner, serverPem), TextbookRsaPublicKey.FromPem(serverPem));
    }

    private static byte[] ReadTuple(byte[] text, out int length)
    {
        PythonTuple.TryRead(text, out byte[] value, out length);
        return value;
    }

    // Four characters a byte, and ('',) around them.
    private static int MaxTuple(TextbookRsaPublicKey key) => (4 * ((key.Size + 7) / 8)) + 5;

    private static int MaxOffer(TextbookRsaPublicKey key) => MaxTuple(key) + 1 + PublicKeyPem.MaxLength;

    private static int FindFirstEnd(ReadOnlySpan<byte> received)
    {
        if (!PublicKeyPem.IsBeginning(received))
        {
            throw new FormatException("it does not begin with a public key in PEM");
        }

        int colon = received.IndexOf((byte)':');
        if (colon < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> digits = received[(colon + 1)..].TrimStart("\r\n"u8);
        int known = Math.Min(digits.Length, DigestLength);
        return digits[..known].ContainsAnyExcept(s_lowerHex)
            ? throw new FormatException("the digest is not 32 lower-case hex digits")
            : known == DigestLength ? received.Length - digits.Length + known : 0;
    }

    private static int FindOfferEnd(ReadOnlySpan<byte> received)
    {
        if (!PythonTuple.TryRead(received, out _, out int length) || length == received.Length)
        {
            return 0;
        }

        if (received[length] != ':')
        {
            throw new FormatException("no colon and public key follow the session value");
        }

        ReadOnlySpan<byte> pem = received[(length + 1)..];
        int end = pem.IsEmpty ? 0 : PublicKeyPem.FindEnd(pem);
        return end == 0 ? 0 : length + 1 + end;
    }

    private static int FindTupleEnd(ReadOnlySpan<byte> received) => PythonTuple.TryRead(received, out _, out int length) ? length : 0;

    private static int FindBlockEnd(ReadOnlySpan<byte> received) => received.Length < CbcChain.BlockLength ? 0 : CbcChain.BlockLength;

    private static void NotePublicKey(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "PublicKey", isOwn, message, "The client's RSA public key and its MD5, over the same line: who replaces one replaces the other.");

    private static void NoteOffer(ChatChannel channel, bool isOwn, byte[] message, byte[] eightByte) => channel.Note(
        "SessionValue",
        isOwn,
        message,
        "8 bytes with their MD5 and that of the server's key, encrypted to the client's key by RSA without padding, as the text of a Python tuple that the old client evaluates as code; then the server's public key. The AES key is the 8 bytes and the same backwards, and the first chaining value is the key. An old server uses the same 8 bytes for all its clients.",
        ("SessionValue", Convert.ToHexStringLower(eightByte)),
        ("AesKey", Convert.ToHexStringLower(AesSessionValue.ToKey(eightByte))));

    private static void NoteEcho(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "Confirmation", isOwn, message, "The 8 bytes back, encrypted to the server's key: the client could read them, or whoever is in between.");

    private static void NoteReady(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "Ready", isOwn, message, "'Ready' and 11 backticks, encrypted with the AES key: known text, and with an old server the same bytes for every client.");

    private static void NoteName(ChatChannel channel, bool isOwn, byte[] message) => channel.Note(
        "Name", isOwn, message, "What the client calls itself, in clear and unchecked.");
}
