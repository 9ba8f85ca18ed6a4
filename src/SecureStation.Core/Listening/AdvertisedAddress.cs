using System.Net;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>What a listener tells others of where it is.</summary>
internal static class AdvertisedAddress
{
    /// <summary>Refuses a host name for what only this machine reaches.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static void Check(StationListenerOptions options, StationAddress address)
    {
        if (options.AdvertisedHostName is not null && address.Kind != StationAddressKind.Tcp)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{address}' is of this machine alone: there is no host name to advertise.");
        }
    }

    /// <summary>The address that invitations carry.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: the host name is none.</exception>
    public static StationAddress Of(StationListener listener) =>
        listener.EndPoints.Count == 0 ? listener.Addresses[0] : StationAddress.Tcp(listener.AdvertisedHostName, listener.Port);

    /// <summary>The host name: the given one, else the address that is bound, or the machine's name where that is every address. Empty without TCP.</summary>
    public static string HostName(StationListenerOptions options, IReadOnlyList<IPEndPoint> endPoints) =>
        endPoints.Count == 0 ? string.Empty
        : options.AdvertisedHostName ?? (IsEvery(endPoints[0].Address) ? Dns.GetHostName() : endPoints[0].Address.ToString());

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
