using SecureStation.Core.Transport;

namespace SecureStation.Core.Trust;

/// <summary>
/// Addresses as trust is bound to them: <c>host:port</c> as typed, in lower case; IPv6 in brackets; <c>unix:/path</c>, case kept. Nothing is
/// resolved, nor one spelling of a host turned into another. <see cref="StationAddress"/> is the same as an object.
/// </summary>
public static class PeerAddress
{
    /// <summary>Puts host and port together.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a host, or a port outside 1 to 65535.</exception>
    public static string Format(string host, int port) => StationAddress.Tcp(host, port).ToString();

    /// <summary>Takes <c>host:port</c> or <c>[IPv6]:port</c> apart; the host comes back without brackets, in lower case.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not of that form.</exception>
    public static (string Host, int Port) Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        StationAddress parsed = StationAddress.ParseTcp(address);
        return (parsed.Host, parsed.Port);
    }

    /// <summary>The one spelling of an address, of whatever kind.</summary>
    internal static string Normalize(string address) => StationAddress.Parse(address).ToString();
}
