using System.Net;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>Asks a proxy for a connection: bytes in, bytes out; no I/O and no time. Used once.</summary>
internal abstract class ProxyNegotiation(ProxyAddress proxy, StationAddress target, NetworkCredential? credential)
{
    protected StationAddress Target => target;

    protected NetworkCredential? Credential => credential;

    /// <summary>The most bytes that the proxy may say in all until the connection is there.</summary>
    public abstract int MaxAnswer { get; }

    /// <summary>The first bytes to send; zeroed after it.</summary>
    public abstract byte[] Begin();

    /// <summary>Looks at what the proxy has sent and is not eaten yet.</summary>
    /// <exception cref="StationException">It refuses, or says what nobody expects.</exception>
    public abstract ProxyStep Read(ReadOnlySpan<byte> received);

    /// <summary>What answers is no such proxy. What one says that was told a login is not shown: it may be that login.</summary>
    public StationException Broken(string what, ReadOnlySpan<byte> received) => ProxyErrors.Broken(proxy, target, what, credential is null ? received : default);

    /// <summary>The proxy understood, and did not connect.</summary>
    protected StationException NotConnected(string said) => ProxyErrors.NotConnected(proxy, target, said);

    /// <summary>The proxy takes nobody without a login, or not with this one.</summary>
    protected StationException LoginRefused(string said) => ProxyErrors.LoginRefused(proxy, target, credential is not null, said);

    /// <summary>A negotiation with a proxy for a connection to an address.</summary>
    public static ProxyNegotiation Create(ProxyAddress proxy, StationAddress target, NetworkCredential? credential) =>
        proxy.Kind == ProxyKind.Socks5 ? new Socks5Negotiation(proxy, target, credential) : new HttpConnectNegotiation(proxy, target, credential);
}
