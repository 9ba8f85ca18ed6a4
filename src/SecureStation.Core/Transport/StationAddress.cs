using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureStation.Core.Transport;

/// <summary>
/// Where a station listens, in its one spelling, to which trust is bound:
/// <code>
/// host:port       as typed, in lower case; IPv6 in brackets
/// unix:/path      a Unix socket: the absolute path, case kept
/// pipe:name       a named pipe of Windows, in lower case
/// </code>
/// Nothing is resolved: neither names nor links. A host that is called unix or pipe is told from the others by its port: <c>unix:7700</c>.
/// </summary>
public sealed record StationAddress
{
    // RFC 1035: 253 characters and a final dot.
    private const int MaxHostLength = 254;

    private const int MaxPipeLength = 200;
    private const string UnixPrefix = "unix:";
    private const string PipePrefix = "pipe:";
    private const string FormOfPath = "A Unix socket is named by the absolute path of its file: 'unix:/run/user/1000/station.sock'.";

    private StationAddress(StationAddressKind kind, string host, int port, string path)
    {
        Kind = kind;
        Host = host;
        Port = port;
        Path = path;
    }

    /// <summary>The longest path of a Unix socket, in bytes of UTF-8: <c>sun_path</c> less its final zero.</summary>
    public static int MaxPathLength => OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 103 : 107;

    /// <summary>What it names.</summary>
    public StationAddressKind Kind { get; }

    /// <summary>Name or address of the host, in lower case, IPv6 without brackets; empty unless <see cref="StationAddressKind.Tcp"/>.</summary>
    public string Host { get; }

    /// <summary>The port, 1 to 65535; 0 unless <see cref="StationAddressKind.Tcp"/>.</summary>
    public int Port { get; }

    /// <summary>The path of the Unix socket, or the pipe's name; empty for <see cref="StationAddressKind.Tcp"/>.</summary>
    public string Path { get; }

    /// <summary>A host and a port.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a host, or a port outside 1 to 65535.</exception>
    public static StationAddress Tcp(string host, int port) => port is >= 1 and <= IPEndPoint.MaxPort
        ? new StationAddress(StationAddressKind.Tcp, RequireHost(host), port, string.Empty)
        : throw Invalid("A port is a number from 1 to 65535.");

    /// <summary>A Unix socket.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: not an absolute path of a file, longer than <see cref="MaxPathLength"/>, or with characters that
    /// cannot be shown as they are.
    /// </exception>
    public static StationAddress UnixSocket(string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // Such a path steers a terminal or lies about itself where it is shown; and lists of addresses have ';' between them.
        if (path.Contains(';', StringComparison.Ordinal) || ForeignText.Show(path, int.MaxValue) != path)
        {
            throw Invalid("The path of a Unix socket has no control or format characters, and no ';'.");
        }

        if (!System.IO.Path.IsPathFullyQualified(path) || System.IO.Path.EndsInDirectorySeparator(path))
        {
            throw Invalid(FormOfPath);
        }

        string full = System.IO.Path.GetFullPath(path);
        if (System.IO.Path.GetFileName(full).Length == 0)
        {
            throw Invalid(FormOfPath);
        }

        int length = Encoding.UTF8.GetByteCount(full);
        return length <= MaxPathLength
            ? new StationAddress(StationAddressKind.UnixSocket, string.Empty, 0, full)
            : throw Invalid($"The path of a Unix socket has {MaxPathLength} bytes at most, and this one {length}: take a folder with a shorter path.");
    }

    /// <summary>A named pipe of this machine.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not 1 to 200 letters, digits, '-', '_' and '.'.</exception>
    public static StationAddress NamedPipe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= MaxPipeLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? new StationAddress(StationAddressKind.NamedPipe, string.Empty, 0, name.ToLowerInvariant())
            : throw Invalid($"A pipe's name is 1 to {MaxPipeLength} ASCII letters, digits, '-', '_' and '.': 'pipe:station'.");
    }

    /// <summary>Reads an address in any of its forms.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: none of them.</exception>
    public static StationAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsUnixSocket(text) ? UnixSocket(text[UnixPrefix.Length..])
            : IsNamedPipe(text) ? NamedPipe(text[PipePrefix.Length..])
            : ParseTcp(text);
    }

    /// <summary>Whether a text means a Unix socket; its path may be relative here.</summary>
    public static bool IsUnixSocket(string text) => HasPrefix(text, UnixPrefix);

    /// <summary>Whether a text means a named pipe.</summary>
    public static bool IsNamedPipe(string text) => HasPrefix(text, PipePrefix);

    /// <summary>The address, as trust is bound to it.</summary>
    public override string ToString() => Kind switch
    {
        StationAddressKind.UnixSocket => UnixPrefix + Path,
        StationAddressKind.NamedPipe => PipePrefix + Path,
        _ => Show(Host, Port),
    };

    internal static string Show(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");

    /// <summary><c>host:port</c> or <c>[IPv6]:port</c>.</summary>
    internal static StationAddress ParseTcp(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw Invalid("An address is 'host:port', without a scheme before it.");
        }

        int colon = text.LastIndexOf(':');
        if (colon < 1)
        {
            throw Invalid("An address is 'host:port', and '[address]:port' with IPv6.");
        }

        string host = text[..colon];
        bool isBracketed = host is ['[', .., ']'];
        if (!isBracketed && host.Contains(':', StringComparison.Ordinal))
        {
            throw Invalid("An IPv6 address with a port stands in brackets: '[::1]:7700'.");
        }

        string portText = text[(colon + 1)..];
        StationAddress address = Tcp(host, IsPort(portText) ? int.Parse(portText, CultureInfo.InvariantCulture) : 0);
        return isBracketed == address.Host.Contains(':', StringComparison.Ordinal) ? address : throw Invalid("Only IPv6 addresses stand in brackets.");
    }

    // A name of ASCII letters, digits, '-', '_' and '.', or an IPv6 address, perhaps with a zone. Nothing else: addresses
    // are shown inside commands and stand in URIs, where quotes, blanks, '/' or '@' would mean something.
    private static string RequireHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        string bare = (host is ['[', .., ']'] ? host[1..^1] : host).ToLowerInvariant();
        if (bare.Length is 0 or > MaxHostLength)
        {
            throw Invalid($"A host is 1 to {MaxHostLength} characters.");
        }

        bool isValid = bare.Contains(':', StringComparison.Ordinal)
            ? IsIPv6(bare)
            : bare.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.') && bare[0] is not ('-' or '.');
        return isValid
            ? bare
            : throw Invalid("A host is a name of ASCII letters, digits, '-', '_' and '.', or an IP address.");
    }

    private static bool IsIPv6(string bare) =>
        bare.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '%' or '-' or '_')
        && IPAddress.TryParse(bare, out IPAddress? address)
        && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool HasPrefix(string text, string prefix)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !IsPort(text[prefix.Length..]);
    }

    private static bool IsPort(string text) => text.Length is > 0 and <= 5 && text.All(char.IsAsciiDigit);

    private static StationException Invalid(string message) => new(StationFault.InvalidArgument, message);
}
