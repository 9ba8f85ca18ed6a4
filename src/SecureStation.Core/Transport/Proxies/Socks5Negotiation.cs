using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>
/// Asks a SOCKS5 proxy for a connection (RFC 1928; its login is RFC 1929). A name goes to the proxy as it is, and is resolved there.
/// <code>
/// greeting   05 | count u8 | methods [count]                   00 without a login, 02 user name and password
/// method     05 | method u8                                    ff: none of them
/// login      01 | length u8 | user | length u8 | password
/// verdict    01 | status u8                                    00: welcome
/// request    05 | 01 | 00 | type u8 | address | port u16       type 01: IPv4 [4], 03: length u8, name, 04: IPv6 [16]
/// reply      05 | status u8 | 00 | type u8 | address | port u16
/// </code>
/// </summary>
internal sealed class Socks5Negotiation : ProxyNegotiation
{
    private const byte Version = 5;
    private const byte LoginVersion = 1;
    private const byte NoLogin = 0;
    private const byte UserAndPassword = 2;
    private const byte NoneAcceptable = 0xFF;
    private const int MaxField = 255;

    // What each status means (RFC 1928, 6).
    private static readonly string[] s_replies =
    [
        "connected", "general failure", "not allowed by its rules", "network unreachable", "host unreachable",
        "connection refused", "time to live expired", "command not supported", "address type not supported",
    ];

    private Answer _due = Answer.Method;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: user name or password is too long for the protocol, or the user name empty.</exception>
    public Socks5Negotiation(ProxyAddress proxy, StationAddress target, NetworkCredential? credential)
        : base(proxy, target, credential)
    {
        if (credential is not null
            && (Encoding.UTF8.GetByteCount(credential.UserName) is 0 or > MaxField || Encoding.UTF8.GetByteCount(credential.Password) > MaxField))
        {
            throw new StationException(StationFault.InvalidArgument, $"A login of SOCKS5 has a user name of 1 to {MaxField} bytes and a password of {MaxField} at most.");
        }
    }

    private enum Answer
    {
        Method,
        Login,
        Reply,
    }

    // The method, the verdict, and a reply with the longest name.
    public override int MaxAnswer => 2 + 2 + 4 + 1 + MaxField + 2;

    public override byte[] Begin() => Credential is null ? [Version, 1, NoLogin] : [Version, 2, NoLogin, UserAndPassword];

    public override ProxyStep Read(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty)
        {
            return ProxyStep.NeedsMore;
        }

        if (received[0] != (_due == Answer.Login ? LoginVersion : Version))
        {
            string hint = received[0] == 'H' ? "; if it is one of HTTP, its address begins with http://" : string.Empty;
            throw Broken($"does not speak SOCKS5{hint}", received);
        }

        if (received.Length < 2)
        {
            return ProxyStep.NeedsMore;
        }

        return _due switch
        {
            Answer.Method => ReadMethod(received[1]),
            Answer.Login => ReadVerdict(received[1]),
            _ => ReadReply(received),
        };
    }

    private ProxyStep ReadMethod(byte method)
    {
        switch (method)
        {
            case NoLogin:
                return Request();
            case UserAndPassword when Credential is not null:
                _due = Answer.Login;
                return new ProxyStep(2, Login(Credential), IsConnected: false);
            case NoneAcceptable or UserAndPassword:
                throw LoginRefused("no acceptable method of authentication");
            default:
                throw Broken($"chose a method of authentication that was not offered, {method}", []);
        }
    }

    private ProxyStep ReadVerdict(byte status) =>
        status == 0 ? Request() : throw LoginRefused($"login refused (status {status})");

    private ProxyStep ReadReply(ReadOnlySpan<byte> received)
    {
        // Some proxies leave out the rest of a reply that is none.
        if (received[1] != 0)
        {
            string said = received[1] < s_replies.Length ? s_replies[received[1]] : "unknown reason";
            throw NotConnected($"{said} (status {received[1]})");
        }

        if (received.Length < 5)
        {
            return ProxyStep.NeedsMore;
        }

        int address = received[3] switch
        {
            1 => 4,
            3 => 1 + received[4],
            4 => 16,
            _ => throw Broken($"answered with an address of an unknown type, {received[3]}", received),
        };
        int length = 4 + address + 2;
        return received.Length < length ? ProxyStep.NeedsMore : ProxyStep.Connected(length);
    }

    private ProxyStep Request()
    {
        _due = Answer.Reply;
        byte[] address = IPAddress.TryParse(Target.Host, out IPAddress? ip)
            ? [(byte)(ip.AddressFamily == AddressFamily.InterNetwork ? 1 : 4), .. ip.GetAddressBytes()]
            : [3, (byte)Target.Host.Length, .. Encoding.ASCII.GetBytes(Target.Host)];
        byte[] request = [Version, 1, 0, .. address, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(^2..), (ushort)Target.Port);
        return new ProxyStep(2, request, IsConnected: false);
    }

    private static byte[] Login(NetworkCredential credential)
    {
        byte[] user = Encoding.UTF8.GetBytes(credential.UserName);
        byte[] password = Encoding.UTF8.GetBytes(credential.Password);
        byte[] login = [LoginVersion, (byte)user.Length, .. user, (byte)password.Length, .. password];
        CryptographicOperations.ZeroMemory(password);
        return login;
    }
}
