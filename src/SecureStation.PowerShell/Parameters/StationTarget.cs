using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>Where a command goes: -HostName and -Port, an address in one, or the addresses of a -Peer.</summary>
internal static class StationTarget
{
    /// <summary>The places to try, in order.</summary>
    /// <param name="cmdlet">For the path of a Unix socket.</param>
    /// <param name="hostName">-HostName; empty where it is not given.</param>
    /// <param name="port">-Port; 0 where it is not given.</param>
    /// <param name="peer">The peer whose addresses count where no host is named.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static IReadOnlyList<StationAddress> Find(PSCmdlet cmdlet, string hostName, int port, PeerRecord? peer)
    {
        if (IsLocal(hostName))
        {
            return port == 0
                ? [StationAddress.Parse(SocketPath.Resolve(cmdlet, hostName))]
                : throw new StationException(StationFault.InvalidArgument, $"'{hostName}' has no port: leave out -Port.");
        }

        if (hostName.Length > 0 || peer is null)
        {
            return [Parse(hostName, port)];
        }

        if (port != 0)
        {
            throw new StationException(StationFault.InvalidArgument, "-Port without -HostName: a peer's addresses have ports of their own.");
        }

        return peer.Addresses.Count > 0
            ? [.. peer.Addresses.Select(StationAddress.Parse)]
            : throw new StationException(
                StationFault.InvalidArgument,
                $"The peer '{peer.Name}' has no address. Give -HostName and -Port, or add one: Set-StationPeer -Fingerprint {peer.Fingerprint} -Address <host:port>.");
    }

    /// <summary>A host and a port, given as two or in one.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no port, or two.</exception>
    public static StationAddress Parse(string hostName, int port, int defaultPort = 0)
    {
        if (!IsWhole(hostName))
        {
            int chosen = port != 0 ? port : defaultPort;
            return hostName.Length > 0 && chosen != 0
                ? StationAddress.Tcp(hostName, chosen)
                : throw new StationException(StationFault.InvalidArgument, "A listener is reached at -HostName and -Port, or at host:port; one of them is missing.");
        }

        (string host, int ownPort) = PeerAddress.Parse(hostName);
        return port == 0 || port == ownPort
            ? StationAddress.Tcp(host, ownPort)
            : throw new StationException(StationFault.InvalidArgument, $"'{hostName}' names one port and -Port {port} another.");
    }

    /// <summary>Whether it needs no port beside it: <c>host:port</c>, <c>[address]:port</c>, a Unix socket or a named pipe; an IPv6 address alone does.</summary>
    public static bool IsWhole(string hostName) =>
        IsLocal(hostName) || (hostName.StartsWith('[') ? hostName.Contains("]:", StringComparison.Ordinal) : hostName.Count(static c => c == ':') == 1);

    /// <summary>What an error is about.</summary>
    public static string Describe(string hostName, int port) =>
        IsWhole(hostName) ? hostName : string.Create(CultureInfo.InvariantCulture, $"{hostName}:{port}");

    private static bool IsLocal(string hostName) => StationAddress.IsUnixSocket(hostName) || StationAddress.IsNamedPipe(hostName);
}
