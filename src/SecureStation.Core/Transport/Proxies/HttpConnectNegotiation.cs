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

    private readonly ProxyAddress _proxy;
    private readonly StationAddress _target;
    private readonly NetworkCredential? _credential;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a colon in the user name, where it would end (RFC 7617).</exception>
    public HttpConnectNegotiation(ProxyAddress proxy, StationAddress target, NetworkCredential? credential)
    {
        if (credential is not null && (credential.UserName.Contains(':', StringComparison.Ordinal) || credential.UserName.Length + credential.Password.Length > 1024))
        {
            throw new StationException(StationFault.InvalidArgument, "A login of an HTTP proxy has no ':' in its user name, and 1,024 characters at most.");
        }

        _proxy = proxy;
        _target = target;
        _credential = credential;
    }

    public override int MaxAnswer => 8192;

    private static ReadOnlySpan<byte> Start => "HTTP/1."u8;

    public override byte[] Begin()
    {
        byte[] head = Encoding.ASCII.GetBytes($"CONNECT {_target} HTTP/1.1\r\nHost: {_target}\r\n");
        if (_credential is null)
        {
            return [.. head, .. "\r\n"u8];
        }

        byte[] login = Encoding.UTF8.GetBytes($"{_credential.UserName}:{_credential.Password}");
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
            throw ProxyErrors.Broken(_proxy, _target, $"does not speak HTTP/1{hint}", received);
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
            throw ProxyErrors.LoginRefused(_proxy, _target, _credential is not null, ProxyErrors.Show(line));
        }

        if (status is >= 300 or 101)
        {
            throw ProxyErrors.NotConnected(_proxy, _target, ProxyErrors.Show(line));
        }

        int end = received.IndexOf("\r\n\r\n"u8);
        return end < 0 ? default : (end + 4, status < 200);
    }

    // HTTP/1.d ddd, and perhaps a blank and a text.
    private int StatusOf(ReadOnlySpan<byte> line)
    {
        bool isWhole = line.Length >= 12 && line[8] == ' ' && (line.Length == 12 || line[12] == ' ');
        return isWhole && int.TryParse(line[9..12], System.Globalization.NumberStyles.None, null, out int status) && status >= 100
            ? status
            : throw ProxyErrors.Broken(_proxy, _target, "answered with a line that is none of HTTP/1", line);
    }
}
