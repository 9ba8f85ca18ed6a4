using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Trust;

/// <summary>
/// Addresses as trust is bound to them: <c>host:port</c> as typed, in lower case; IPv6 in brackets. Nothing is resolved, nor one spelling
/// of an address turned into another.
/// </summary>
public static class PeerAddress
{
    // RFC 1035: 253 characters and a final dot.
    private const int MaxHostLength = 254;

    /// <summary>Puts host and port together.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a host, or a port outside 1 to 65535.</exception>
    public static string Format(string host, int port)
    {
        if (port is < 1 or > 65535)
        {
            throw Invalid("A port is a number from 1 to 65535.");
        }

        string bare = RequireHost(host);
        string text = port.ToString(CultureInfo.InvariantCulture);
        return bare.Contains(':', StringComparison.Ordinal) ? $"[{bare}]:{text}" : $"{bare}:{text}";
    }

    /// <summary>Takes <c>host:port</c> or <c>[IPv6]:port</c> apart; the host comes back without brackets, in lower case.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not of that form.</exception>
    public static (string Host, int Port) Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        int colon = address.LastIndexOf(':');
        if (colon < 1)
        {
            throw Invalid("An address is 'host:port', and '[address]:port' with IPv6.");
        }

        string host = address[..colon];
        bool isBracketed = host is ['[', .., ']'];
        if (!isBracketed && host.Contains(':', StringComparison.Ordinal))
        {
            throw Invalid("An IPv6 address with a port stands in brackets: '[::1]:7700'.");
        }

        string portText = address[(colon + 1)..];
        if (portText.Length is 0 or > 5
            || !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            throw Invalid("A port is a number from 1 to 65535.");
        }

        string bare = RequireHost(host);
        return isBracketed == bare.Contains(':', StringComparison.Ordinal)
            ? (bare, port)
            : throw Invalid("Only IPv6 addresses stand in brackets.");
    }

    /// <summary>The one spelling of an address.</summary>
    internal static string Normalize(string address)
    {
        (string host, int port) = Parse(address);
        return Format(host, port);
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

    private static StationException Invalid(string message) => new(StationFault.InvalidArgument, message);
}
