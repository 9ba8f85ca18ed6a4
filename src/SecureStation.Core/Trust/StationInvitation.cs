using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Trust;

/// <summary>
/// An invitation to connect to a listener: its address, its key's fingerprint, and a secret that proves to it that the client was invited.
/// <code>
/// station://host:port?key=K&amp;id=I&amp;psk=P&amp;exp=E[&amp;temp=1][&amp;kem=1]
/// station:unix:/path?…                     the absolute path of a Unix socket, percent-encoded
///   key    43 characters: base64url of the 32 bytes of the responder's fingerprint (SHA-256 of its SubjectPublicKeyInfo)
///   id     22 characters: base64url of 16 random bytes that name the invitation
///   psk    43 characters: base64url of 32 random bytes, the pre-shared key of the Noise patterns XXpsk3 and XXhfs+psk3
///   exp    seconds since 1970-01-01T00:00:00Z, decimal
///   temp   1 where the listener's key exists in memory only, so that the client does not pin it
///   kem    1 where the listener takes a hybrid suite, XXhfs+psk3; older clients pass it over
/// </code>
/// Base64url (RFC 4648, 5) without padding. <see cref="Reveal"/> gives the URI with its secret, <see cref="ToString"/> without.
/// </summary>
public sealed class StationInvitation : IDisposable
{
    /// <summary>The longest URI, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>The size of <see cref="Id"/> in bytes.</summary>
    public const int IdSize = 16;

    /// <summary>The size of the pre-shared key in bytes.</summary>
    public const int PskSize = 32;

    private const string TcpPrefix = "station://";
    private const string UnixPrefix = "station:unix:";

    // The last second of year 9999.
    private const long MaxUnixTime = 253_402_300_799;

    private readonly byte[] _id;
    private readonly SecretBytes _psk;

    private StationInvitation(StationAddress target, Fingerprint fingerprint, byte[] id, byte[] psk, DateTimeOffset expiresAt, bool isTemporary, bool takesHybrid)
    {
        Target = target;
        Fingerprint = fingerprint;
        _id = id;
        _psk = new SecretBytes(psk, static () => new StationException(StationFault.InvalidState, "The invitation has been disposed."));
        ExpiresAt = expiresAt;
        IsTemporary = isTemporary;
        TakesHybrid = takesHybrid;
    }

    /// <summary>The listener's host, in lower case; IPv6 without brackets. Empty of a Unix socket.</summary>
    public string Host => Target.Host;

    /// <summary>The listener's port; 0 of a Unix socket.</summary>
    public int Port => Target.Port;

    /// <summary>The listener's address, <c>host:port</c> or <c>unix:/path</c>.</summary>
    public string Address => Target.ToString();

    internal StationAddress Target { get; }

    /// <summary>The fingerprint of the listener's key.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>The 16 bytes that name the invitation. Not secret.</summary>
    public ReadOnlyMemory<byte> Id => _id;

    /// <summary>When it expires (UTC, whole seconds), by the listener's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Whether the listener's key exists in memory only.</summary>
    public bool IsTemporary { get; }

    /// <summary>Whether the listener takes a hybrid suite.</summary>
    public bool TakesHybrid { get; }

    /// <summary>Lends the pre-shared key, 32 bytes; the listener's end, which zeroes it, waits so long.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: disposed.</exception>
    internal T UsePsk<T>(Func<ReadOnlySpan<byte>, T> use) => _psk.Use(use);

    /// <summary>Makes an invitation with a fresh id and pre-shared key.</summary>
    /// <param name="host">Where clients reach the listener.</param>
    /// <param name="port">Its port.</param>
    /// <param name="responder">The fingerprint of its key.</param>
    /// <param name="expires">When the invitation expires; parts of a second are dropped.</param>
    /// <param name="temporary">Whether the listener's key exists in memory only.</param>
    /// <param name="takesHybrid">Whether the listener takes a hybrid suite.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a host, port or time.</exception>
    public static StationInvitation Create(string host, int port, Fingerprint responder, DateTimeOffset expires, bool temporary, bool takesHybrid = true) =>
        Create(StationAddress.Tcp(host, port), responder, expires, temporary, takesHybrid);

    /// <summary>Makes an invitation with a fresh id and pre-shared key, to a host and port or a Unix socket.</summary>
    /// <inheritdoc cref="Create(string, int, Fingerprint, DateTimeOffset, bool, bool)"/>
    public static StationInvitation Create(StationAddress address, Fingerprint responder, DateTimeOffset expires, bool temporary, bool takesHybrid = true)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(responder);
        if (address.Kind == StationAddressKind.NamedPipe)
        {
            throw new StationException(StationFault.InvalidArgument, "There are no invitations to a named pipe.");
        }

        long unixTime = expires.ToUnixTimeSeconds();
        if (unixTime <= 0)
        {
            throw new StationException(StationFault.InvalidArgument, "An invitation expires after 1970.");
        }

        return new StationInvitation(
            address,
            responder,
            RandomNumberGenerator.GetBytes(IdSize),
            RandomNumberGenerator.GetBytes(PskSize),
            DateTimeOffset.FromUnixTimeSeconds(unixTime),
            temporary,
            takesHybrid);
    }

    /// <summary>Reads an invitation URI. Parameters that are not known are passed over; the errors never show the URI.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidInvitation"/>: not of the form above, or an unusable secret.</exception>
    public static StationInvitation Parse(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ReadOnlySpan<char> text = uri.AsSpan().Trim();
        if (text.Length > MaxLength)
        {
            throw Invalid($"it is longer than {MaxLength} characters");
        }

        bool isUnix = text.StartsWith(UnixPrefix, StringComparison.OrdinalIgnoreCase);
        if (!isUnix && !text.StartsWith(TcpPrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid($"it does not begin with '{TcpPrefix}' or '{UnixPrefix}'");
        }

        int question = text.IndexOf('?');
        if (question < 0)
        {
            throw Invalid("it has no parameters");
        }

        StationAddress target = isUnix ? ParsePath(text[UnixPrefix.Length..question]) : ParseAddress(text[TcpPrefix.Length..question]);
        byte[]? key = null, id = null, psk = null;
        DateTimeOffset? expiresAt = null;
        bool? isTemporary = null, takesHybrid = null;
        bool isComplete = false;
        try
        {
            ReadOnlySpan<char> query = text[(question + 1)..];
            foreach (Range range in query.Split('&'))
            {
                ReadOnlySpan<char> parameter = query[range];
                int equals = parameter.IndexOf('=');
                ReadOnlySpan<char> value = parameter[(equals + 1)..];
                switch (equals < 0 ? [] : parameter[..equals])
                {
                    case "key":
                        key = RequireFirst("key", key) ?? Decode("key", value, Fingerprint.Size);
                        break;
                    case "id":
                        id = RequireFirst("id", id) ?? Decode("id", value, IdSize);
                        break;
                    case "psk":
                        psk = RequireFirst("psk", psk) ?? Decode("psk", value, PskSize);
                        break;
                    case "exp":
                        RequireFirst("exp", expiresAt);
                        expiresAt = ParseTime(value);
                        break;
                    case "temp":
                        RequireFirst("temp", isTemporary);
                        isTemporary = value is "1" ? true : throw Invalid("'temp' is not 1");
                        break;
                    case "kem":
                        RequireFirst("kem", takesHybrid);
                        takesHybrid = value is "1" ? true : throw Invalid("'kem' is not 1");
                        break;
                }
            }

            if (key is null || id is null || psk is null || expiresAt is null)
            {
                throw Invalid("one of 'key', 'id', 'psk' and 'exp' is missing");
            }

            if (!psk.AsSpan().ContainsAnyExcept((byte)0))
            {
                throw Invalid("its secret is all zero");
            }

            isComplete = true;
            return new StationInvitation(target, Fingerprint.FromHash(key), id, psk, expiresAt.Value, isTemporary ?? false, takesHybrid ?? false);
        }
        finally
        {
            if (!isComplete)
            {
                CryptographicOperations.ZeroMemory(psk);
            }
        }
    }

    /// <summary>The URI with its secret: whoever has it can connect in the invited person's place until it is used.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: disposed.</exception>
    public string Reveal() => Format(UsePsk(Base64Url.EncodeToString));

    /// <summary>The URI with <c>…</c> in the secret's place.</summary>
    public override string ToString() => Format("…");

    /// <summary>Zeroes the pre-shared key.</summary>
    public void Dispose() => _psk.Dispose();

    private string Format(string psk)
    {
        string exp = ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string temp = IsTemporary ? "&temp=1" : string.Empty;
        string kem = TakesHybrid ? "&kem=1" : string.Empty;
        string address = Target.Kind == StationAddressKind.UnixSocket ? UnixPrefix + UriPath.Escape(Target.Path) : TcpPrefix + Address;
        return $"{address}?key={Base64Url.EncodeToString(Fingerprint.Hash)}&id={Base64Url.EncodeToString(_id)}&psk={psk}&exp={exp}{temp}{kem}";
    }

    private static StationAddress ParsePath(ReadOnlySpan<char> path)
    {
        try
        {
            return StationAddress.UnixSocket(UriPath.Unescape(path) ?? throw Invalid("its path is not percent-encoded as it has to be"));
        }
        catch (StationException e) when (e.Fault != StationFault.InvalidInvitation)
        {
            throw Invalid("its path is not the absolute path of a socket on this machine");
        }
    }

    private static StationAddress ParseAddress(ReadOnlySpan<char> authority)
    {
        try
        {
            return StationAddress.ParseTcp(authority.TrimEnd('/').ToString());
        }
        catch (StationException)
        {
            // Not as the inner exception either: a mangled URI may have its secret anywhere.
            throw Invalid("its address is not 'host:port'");
        }
    }

    private static DateTimeOffset ParseTime(ReadOnlySpan<char> value) =>
        value.Length <= 12 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long unixTime) && unixTime is > 0 and <= MaxUnixTime
            ? DateTimeOffset.FromUnixTimeSeconds(unixTime)
            : throw Invalid("'exp' is not a time");

    // The decoder refuses bits left over at the end; the length leaves no room for padding or white space.
    private static byte[] Decode(string name, ReadOnlySpan<char> value, int size)
    {
        var bytes = new byte[size];
        if (value.Length == Base64Url.GetEncodedLength(size)
            && Base64Url.DecodeFromChars(value, bytes, out _, out int written) == OperationStatus.Done
            && written == size)
        {
            return bytes;
        }

        CryptographicOperations.ZeroMemory(bytes);
        throw Invalid($"'{name}' is not {size} bytes in base64url");
    }

    private static T? RequireFirst<T>(string name, T? earlier) =>
        earlier is null ? earlier : throw Invalid($"'{name}' stands in it twice");

    private static StationException Invalid(string why) => new(StationFault.InvalidInvitation, $"This is not an invitation: {why}.");
}
