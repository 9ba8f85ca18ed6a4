using System.Buffers;
using System.Globalization;
using System.Text;

namespace SecureStation.Core.Notary.Http;

/// <summary>Request line and headers of a request (RFC 9112), read strictly: what is ambiguous is refused.</summary>
internal sealed class HttpHeader
{
    private const string ContentType = "application/timestamp-query";

    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private HttpHeader(string method, bool isVersion11)
    {
        Method = method;
        IsVersion11 = isVersion11;
    }

    public string Method { get; }

    public bool IsVersion11 { get; }

    /// <summary>Bytes of the body, where it does not come in chunks.</summary>
    public int BodyLength { get; private set; }

    /// <summary>Whether the body comes in chunks (RFC 9112, 7.1), each with its length.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Whether another request may follow on the connection.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Whether the client waits for 100 before it sends the body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Whether a request line can begin with this byte: a method is a token.</summary>
    public static bool CanBegin(byte first) => s_token.Contains((char)first);

    /// <summary>Reads a header and decides whether its body is wanted.</summary>
    /// <param name="bytes">All up to the empty line, without it.</param>
    /// <param name="maxBody">The largest body.</param>
    /// <exception cref="HttpException"/>
    public static HttpHeader Parse(ReadOnlySpan<byte> bytes, int maxBody)
    {
        string[] lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        HttpHeader header = ParseRequestLine(lines[0]);
        foreach (string line in lines.AsSpan(1))
        {
            header.AddField(line);
        }

        header.Decide(maxBody);
        return header;
    }

    private static HttpHeader ParseRequestLine(string line)
    {
        string[] parts = line.Split(' ');
        if (parts is not [{ Length: > 0 and <= 32 } method, { Length: > 0 } target, var version] || method.AsSpan().ContainsAnyExcept(s_token) || target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new HttpException(400, "Bad Request");
        }

        return version switch
        {
            "HTTP/1.1" => new HttpHeader(method, isVersion11: true),
            "HTTP/1.0" => new HttpHeader(method, isVersion11: false),
            _ when version.StartsWith("HTTP/", StringComparison.Ordinal) => throw new HttpException(505, "HTTP Version Not Supported"),
            _ => throw new HttpException(400, "Bad Request"),
        };
    }

    // field-line = field-name ":" OWS field-value OWS. A line that begins with white space would continue the one before; nobody sends that now.
    private void AddField(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(s_token) || line.AsSpan().ContainsAny('\0', '\r', '\n'))
        {
            throw new HttpException(400, "Bad Request");
        }

        string name = line[..colon];
        if (!_fields.TryAdd(name, line[(colon + 1)..].Trim(' ', '\t')) && (IsSingle(name) || !Join(name, line[(colon + 1)..])))
        {
            // Two lengths or hosts: whoever stands between may have believed the other one.
            throw new HttpException(400, "Bad Request");
        }
    }

    private static bool IsSingle(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);

    private bool Join(string name, string value)
    {
        _fields[name] = $"{_fields[name]}, {value.Trim(' ', '\t')}";
        return true;
    }

    private void Decide(int maxBody)
    {
        if (IsVersion11 && !_fields.ContainsKey("Host"))
        {
            throw new HttpException(400, "Bad Request");
        }

        if (Method != "POST")
        {
            throw new HttpException(405, "Method Not Allowed", "Allow: POST");
        }

        string mediaType = Field("Content-Type").Split(';')[0].Trim();
        if (!mediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpException(415, "Unsupported Media Type", $"Accept: {ContentType}");
        }

        DecideLength(maxBody);
        ExpectsContinue = Expectation();
        KeepAlive = HasOption("keep-alive") || (IsVersion11 && !HasOption("close"));
    }

    private void DecideLength(int maxBody)
    {
        bool hasLength = _fields.TryGetValue("Content-Length", out string? length);
        if (_fields.TryGetValue("Transfer-Encoding", out string? coding))
        {
            // With a length beside it, whoever stands between may have believed the other one (RFC 9112, 6.1).
            if (hasLength || !IsVersion11)
            {
                throw new HttpException(400, "Bad Request");
            }

            IsChunked = coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? true : throw new HttpException(501, "Not Implemented");
            return;
        }

        if (!hasLength)
        {
            throw new HttpException(411, "Length Required");
        }

        if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            throw new HttpException(400, "Bad Request");
        }

        BodyLength = size <= maxBody ? (int)size : throw new HttpException(413, "Content Too Large");
    }

    private bool Expectation() => Field("Expect") switch
    {
        "" => false,
        var expected when expected.Equals("100-continue", StringComparison.OrdinalIgnoreCase) => IsVersion11,
        _ => throw new HttpException(417, "Expectation Failed"),
    };

    private bool HasOption(string option) =>
        Field("Connection").Split(',').Any(one => one.Trim().Equals(option, StringComparison.OrdinalIgnoreCase));

    private string Field(string name) => _fields.GetValueOrDefault(name, string.Empty);
}
