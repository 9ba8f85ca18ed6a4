using System.Net;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>Asks a proxy for a connection: bytes in, bytes out; no I/O and no time. Used once.</summary>
internal abstract class ProxyNegotiation
{
    /// <summary>The most bytes that the proxy may say in all until the connection is there.</summary>
    public abstract int MaxAnswer { get; }

    /// <summary>The first bytes to send; zeroed after it.</summary>
    public abstract byte[] Begin();

    /// <summary>Looks at what the proxy has sent and is not eaten yet.</summary>
    /// <exception cref="StationException">It refuses, or says what nobody expects.</exception>
    public abstract ProxyStep Read(ReadOnlySpan<byte> received);

    /// <summary>A negotiation with a proxy for a connection to an address.</summary>
    public static ProxyNegotiation Create(ProxyAddress proxy, StationAddress target, NetworkCredential? credential) =>
        proxy.Kind == ProxyKind.Socks5 ? new Socks5Negotiation(proxy, target, credential) : new HttpConnectNegotiation(proxy, target, credential);
}
