using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Transport;
using SecureStation.Core.Transport.Proxies;

namespace SecureStation;

/// <summary>-Proxy and -ProxyCredential.</summary>
internal static class ProxyParameters
{
    /// <summary>How connections are made with these parameters.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no address of a proxy, or a login without one.</exception>
    public static IConnectionDialer Dialer(string? proxy, PSCredential? credential) =>
        proxy is not null ? new ProxyDialer(ProxyAddress.Parse(proxy), credential is null ? null : Login(credential))
        : credential is null ? DirectDialer.Instance
        : throw new StationException(StationFault.InvalidArgument, "-ProxyCredential without -Proxy.");

    // The user name as it is: PSCredential.GetNetworkCredential would cut it at a backslash, into a domain.
    private static System.Net.NetworkCredential Login(PSCredential credential) => new(credential.UserName, credential.Password);
}
