using System.Collections;
using System.Net.NetworkInformation;
using SecureStation.Core.Listening;

namespace SecureStation.Completers;

/// <summary>Completes the addresses that a listener can bind to.</summary>
public sealed class ListenAddressCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound)
    {
        yield return (StationListenerOptions.Loopback, "This machine only");
        yield return (StationListenerOptions.Any, "Every address of this machine");
        yield return ("unix:./station.sock", "A Unix socket, for this user's processes on this machine");
        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (UnicastIPAddressInformation address in card.GetIPProperties().UnicastAddresses)
            {
                yield return (address.Address.ToString(), card.Name);
            }
        }
    }

    private protected override IEnumerable<(string Name, string Hint)> NamesLike(string typed) => SocketPathCompletion.Of(typed);
}
