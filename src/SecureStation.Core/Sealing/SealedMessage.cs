using System.Runtime.InteropServices;
using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>A sealed message that was opened: its head, its body, and what is proven of them.</summary>
public sealed class SealedMessage
{
    // Invalid UTF-8 must be found, not replaced: the text would no longer be what was signed.
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _body;

    internal SealedMessage(SealedOrigin origin, byte[] body)
    {
        Origin = origin;
        _body = body;
        (Body, Error) = Decode(origin.Head.Kind, body);
    }

    private SealedMessage(SealedMessage other, object? body, StationFault? error)
    {
        Origin = other.Origin;
        _body = other._body;
        Body = body;
        Error = error;
    }

    /// <summary>Where it comes from, and what is proven of that.</summary>
    public SealedOrigin Origin { get; }

    /// <summary>The message's id: 32 hexadecimal digits. With the sender's fingerprint it tells the message from all others.</summary>
    public string Id => Origin.Head.Id;

    /// <summary>What the body is.</summary>
    public SealedKind Kind => Origin.Head.Kind;

    /// <summary>The body: a string for text, a byte[] for bytes and files, null for an object that no host has read yet, and where <see cref="Error"/> is set.</summary>
    public object? Body { get; }

    /// <summary>Set where the body is not what its kind says: <see cref="StationFault.MalformedBody"/>.</summary>
    public StationFault? Error { get; }

    /// <summary>Bytes of the body.</summary>
    public int Length => _body.Length;

    /// <summary>The body's bytes as they were sealed.</summary>
    public ReadOnlyMemory<byte> BodyBytes => _body;

    /// <summary>Names and values that came before the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => Origin.Head.Headers;

    /// <summary>The name of the peer that signed it, or the fingerprint of an unknown one; null where it is anonymous.</summary>
    public string? Peer => Origin.Peer;

    /// <summary>The identity that signed it; null where it is anonymous.</summary>
    public StationPublicKey? Sender => Origin.Head.Sender;

    /// <summary>The fingerprint of the sender; null where it is anonymous.</summary>
    public Fingerprint? Fingerprint => Sender?.Fingerprint;

    /// <summary>Whether a known peer has signed it, for this reader among others.</summary>
    public bool Verified => Origin.Verified;

    /// <summary>Whether its sender named no recipient, so that any reader could have passed it on.</summary>
    public bool Forwardable => Origin.Forwardable;

    /// <summary>What keeps it secret.</summary>
    public SealSecrecy Secrecy => Origin.Secrecy;

    /// <summary>When it was sealed, as its sender says (UTC).</summary>
    public DateTimeOffset SentAt => Origin.Head.SentAt;

    /// <summary>When it stops to be taken; null for never.</summary>
    public DateTimeOffset? ExpiresAt => Origin.Head.ExpiresAt;

    /// <summary>For whom it was sealed: <c>SHA256:…</c> and <c>age:…</c>.</summary>
    public IReadOnlyList<string> Recipients => Origin.Head.Recipients;

    /// <summary>Seals a message in one age file for all its recipients.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.MixedRecipients"/>, <see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.InvalidKey"/>: a recipient's key is unusable;
    /// <see cref="StationFault.MessageTooLarge"/>: the head.
    /// </exception>
    public static byte[] Seal(SealingTerms terms, ReadOnlySpan<byte> body, bool armored = false)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return SealPlaintext([.. RecipientChoice.Of(terms).Recipients], ToPlaintext(terms, body), armored);
    }

    /// <summary>
    /// Seals a message in an age file of its own for each recipient, binary, in the order of the terms, each recipient once: what mailboxes hold.
    /// No file shows who else has one; inside, all are the same and name all.
    /// </summary>
    /// <inheritdoc cref="Seal" path="/exception"/>
    public static IReadOnlyList<byte[]> SealCopies(SealingTerms terms, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(terms);
        IReadOnlyList<AgeRecipient> recipients = RecipientChoice.Of(terms).Recipients;
        byte[] plaintext = ToPlaintext(terms, body);
        return [.. recipients.Select(recipient => SealPlaintext([recipient], plaintext, armored: false))];
    }

    /// <summary>Opens a message, armored or not. Nothing of it is given out unless all of it is right.</summary>
    /// <exception cref="StationException">
    /// In this order: <see cref="StationFault.SealBroken"/>; no key opens it: <see cref="StationFault.SealingKeyMissing"/> or, with all keys at hand,
    /// <see cref="StationFault.NotARecipient"/>, both about <see cref="StationSubject.SealingKey"/>; <see cref="StationFault.NotARecipient"/>: sealed anew by one
    /// for whom it was; <see cref="StationFault.PeerUntrusted"/>; <see cref="StationFault.MessageExpired"/>; <see cref="StationFault.MessageTooLarge"/>.
    /// </exception>
    public static SealedMessage Open(ReadOnlyMemory<byte> file, OpeningTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        using var opener = new SealedOpener(ToStream(file), terms);
        var body = new MemoryStream();
        for (ReadOnlyMemory<byte> block = opener.ReadBlock(); !block.IsEmpty; block = opener.ReadBlock())
        {
            body.Write(block.Span);
        }

        return new SealedMessage(opener.Origin, body.ToArray());
    }

    /// <summary>Opens a plain age file, which says nothing of who made it, for whom and when.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>, <see cref="StationFault.SealingKeyMissing"/>, <see cref="StationFault.NotARecipient"/>, <see cref="StationFault.MessageTooLarge"/></exception>
    public static byte[] OpenRaw(ReadOnlyMemory<byte> file, OpeningTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        using var opener = new RawOpener(ToStream(file), terms);
        var body = new MemoryStream();
        for (ReadOnlyMemory<byte> block = opener.ReadBlock(); !block.IsEmpty; block = opener.ReadBlock())
        {
            body.Write(block.Span);
        }

        return body.ToArray();
    }

    /// <summary>A plain age file of a body: no head, no signature, nothing of a station.</summary>
    /// <inheritdoc cref="Seal" path="/exception"/>
    public static byte[] SealRaw(SealingTerms terms, ReadOnlySpan<byte> body, bool armored = false)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return SealPlaintext(RecipientChoice.Of(terms).Recipients, body, armored);
    }

    /// <summary>A copy whose body a host has read from <see cref="BodyBytes"/>.</summary>
    public SealedMessage WithBody(object? body, StationFault? error = null) => new(this, body, error);

    /// <inheritdoc/>
    public override string ToString() => Body switch
    {
        string text => text,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        var other => other?.ToString() ?? string.Empty,
    };

    private static byte[] ToPlaintext(SealingTerms terms, ReadOnlySpan<byte> body)
    {
        byte[] head = SealedHeadJson.Write(terms.ToHead());
        using var plaintext = new MemoryStream(SealedLayout.Magic.Length + sizeof(uint) + head.Length + body.Length + SealedLayout.MaxTrailerLength);
        using var writer = new SealedWriter(plaintext, head, terms.Sender);
        writer.Write(body);
        writer.Complete();
        return plaintext.ToArray();
    }

    private static byte[] SealPlaintext(IReadOnlyList<AgeRecipient> recipients, ReadOnlySpan<byte> plaintext, bool armored)
    {
        using var file = new MemoryStream(plaintext.Length + 4096);
        using (AgeWriter writer = AgeFile.Seal(file, recipients, armored))
        {
            writer.Write(plaintext);
            writer.Complete();
        }

        return file.ToArray();
    }

    private static MemoryStream ToStream(ReadOnlyMemory<byte> file) =>
        MemoryMarshal.TryGetArray(file, out ArraySegment<byte> array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(file.ToArray());

    private static (object? Body, StationFault? Error) Decode(SealedKind kind, byte[] body)
    {
        try
        {
            return kind switch
            {
                SealedKind.Text => (s_strictUtf8.GetString(body), null),
                SealedKind.Object => (null, null),
                _ => (body, null),
            };
        }
        catch (DecoderFallbackException)
        {
            return (null, StationFault.MalformedBody);
        }
    }
}
