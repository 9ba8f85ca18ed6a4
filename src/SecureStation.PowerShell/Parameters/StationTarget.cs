using SecureStation.Core;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>Where a command goes: -HostName and -Port, <c>host:port</c> in one, or the addresses of a -Peer.</summary>
/// <param name="Host">Name or address; IPv6 without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct StationTarget(string Host, int Port)
{
    /// <summary><c>host:port</c>, as trust is bound to it.</summary>
    public string Address => PeerAddress.Format(Host, Port);

    /// <summary>The places to try, in order.</summary>
    /// <param name="hostName">-HostName; empty where it is not given.</param>
    /// <param name="port">-Port; 0 where it is not given.</param>
    /// <param name="peer">The peer whose addresses count where no host is named.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static IReadOnlyList<StationTarget> Find(string hostName, int port, PeerRecord? peer)
    {
        if (hostName.Length > 0 || peer is null)
        {
            return [Parse(hostName, port)];
        }

        if (port != 0)
        {
            throw new StationException(StationFault.InvalidArgument, "-Port without -HostName: a peer's addresses have ports of their own.");
        }

        return peer.Addresses.Count > 0
            ? [.. peer.Addresses.Select(static address => Parse(address, 0))]
            : throw new StationException(
                StationFault.InvalidArgument,
                $"The peer '{peer.Name}' has no address. Give -HostName and -Port, or add one: Set-StationPeer -Fingerprint {peer.Fingerprint} -Address <host:port>.");
    }

    /// <summary>A host and a port, given as two or in one.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no port, or two.</exception>
    public static StationTarget Parse(string hostName, int port, int defaultPort = 0)
    {
        if (!HasPort(hostName))
        {
            int chosen = port != 0 ? port : defaultPort;
            return hostName.Length > 0 && chosen != 0
                ? new StationTarget(hostName, chosen)
                : throw new StationException(StationFault.InvalidArgument, "A listener is reached at -HostName and -Port, or at host:port; one of them is missing.");
        }

        (string host, int ownPort) = PeerAddress.Parse(hostName);
        return port == 0 || port == ownPort
            ? new StationTarget(host, ownPort)
            : throw new StationException(StationFault.InvalidArgument, $"'{hostName}' names one port and -Port {port} another.");
    }

    /// <summary>Whether it is <c>host:port</c> or <c>[address]:port</c>; an IPv6 address alone is not.</summary>
    public static bool HasPort(string hostName) =>
        hostName.StartsWith('[') ? hostName.Contains("]:", StringComparison.Ordinal) : hostName.Count(static c => c == ':') == 1;
}
