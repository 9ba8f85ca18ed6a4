namespace SecureStation.Core.Transport.Proxies;

/// <summary>What a proxy speaks.</summary>
public enum ProxyKind
{
    /// <summary>SOCKS version 5 (RFC 1928), logins by user name and password (RFC 1929).</summary>
    Socks5,

    /// <summary>The method CONNECT of HTTP/1.1 (RFC 9110, 9.3.6), logins by Basic (RFC 7617).</summary>
    Http,
}
