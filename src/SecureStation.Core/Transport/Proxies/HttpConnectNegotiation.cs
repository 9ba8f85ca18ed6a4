using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>
/// Asks an HTTP proxy for a connection (RFC 9110, 9.3.6). A name goes to the proxy as it is, and is resolved there.
/// <code>
/// CONNECT host:port HTTP/1.1          HTTP/1.1 200 whatever it says
/// Host: host:port                     headers, which mean nothing here
/// [Proxy-Authorization: Basic …]      an empty line, and the connection behind it
/// </code>
/// </summary>
internal sealed class HttpConnectNegotiation : ProxyNegotiation
{
    private const int LoginRequired = (int)HttpStatusCode.ProxyAuthenticationRequired;

    // What tinyproxy says to a login that it does not take.
    private const int LoginWrong = (int)HttpStatusCode.Unauthorized;

    // HTTP/1.d ddd
    private const int StatusLength = 12;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a colon in the user name, where it would end (RFC 7617).</exception>
    public HttpConnectNegotiation(ProxyAddress proxy, StationAddress target, NetworkCredential? credential)
        : base(proxy, target, credential)
    {
        if (credential is not null && (credential.UserName.Contains(':', StringComparison.Ordinal) || credential.UserName.Length + credential.Password.Length > 1024))
        {
            throw new StationException(StationFault.InvalidArgument, "A login of an HTTP proxy has no ':' in its user name, and 1,024 characters at most.");
        }
    }

    public override int MaxAnswer => 8192;

    private static ReadOnlySpan<byte> Start => "HTTP/1."u8;

    public override byte[] Begin()
    {
        byte[] head = Encoding.ASCII.GetBytes($"CONNECT {Target} HTTP/1.1\r\nHost: {Target}\r\n");
        if (Credential is null)
        {
            return [.. head, .. "\r\n"u8];
        }

        byte[] login = Encoding.UTF8.GetBytes($"{Credential.UserName}:{Credential.Password}");
        byte[] request = [.. head, .. "Proxy-Authorization: Basic "u8, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(login)), .. "\r\n\r\n"u8];
        CryptographicOperations.ZeroMemory(login);
        return request;
    }

    public override ProxyStep Read(ReadOnlySpan<byte> received)
    {
        int eaten = 0;
        while (ReadHead(received[eaten..]) is { Length: > 0 } head)
        {
            eaten += head.Length;
            if (!head.IsInterim)
            {
                return ProxyStep.Connected(eaten);
            }
        }

        return new ProxyStep(eaten, [], IsConnected: false);
    }

    /// <summary>The length of a whole answer that is no refusal; 0: more bytes are needed. A refusal is one as soon as its first line is there.</summary>
    private (int Length, bool IsInterim) ReadHead(ReadOnlySpan<byte> received)
    {
        if (!Start.StartsWith(received[..Math.Min(received.Length, Start.Length)]))
        {
            string hint = received[0] == 5 ? "; if it is one of SOCKS5, its address begins with socks5://" : string.Empty;
            throw Broken($"does not speak HTTP/1{hint}", received);
        }

        int lineEnd = received.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> line = received[..lineEnd].TrimEnd((byte)'\r');
        int status = StatusOf(line);
        if (status is LoginRequired or LoginWrong)
        {
            throw LoginRefused(Said(line));
        }

        if (status is >= 300 or 101)
        {
            throw NotConnected(Said(line));
        }

        return (HeadLength(received), status < 200);
    }

    // Up to its empty line, which ends in LF, as each line does, with or without CR before it (RFC 9112, 2.2); 0: that has not come yet.
    private static int HeadLength(ReadOnlySpan<byte> received)
    {
        int start = 0;
        while (received[start..].IndexOf((byte)'\n') is >= 0 and int length)
        {
            bool isEmpty = received.Slice(start, length).TrimEnd((byte)'\r').IsEmpty;
            start += length + 1;
            if (isEmpty)
            {
                return start;
            }
        }

        return 0;
    }

    // The text behind the status may be the login that the proxy was told.
    private string Said(ReadOnlySpan<byte> line) => ProxyErrors.Show(Credential is null ? line : line[..StatusLength]);

    // HTTP/1.d ddd, and perhaps a blank and a text.
    private int StatusOf(ReadOnlySpan<byte> line)
    {
        bool isWhole = line.Length >= StatusLength && line[8] == ' ' && (line.Length == StatusLength || line[StatusLength] == ' ');
        return isWhole && int.TryParse(line[9..StatusLength], System.Globalization.NumberStyles.None, null, out int status) && status >= 100
            ? status
            : throw Broken("answered with a line that is none of HTTP/1", line);
    }
}
