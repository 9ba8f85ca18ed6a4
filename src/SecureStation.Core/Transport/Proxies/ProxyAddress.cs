using System.Globalization;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>Where a proxy is and what it speaks: <c>socks5://host:port</c> or <c>http://host:port</c>. A login is never part of it.</summary>
public sealed record ProxyAddress
{
    private const string Forms = "A proxy is given as 'socks5://host:port' or 'http://host:port'";

    private ProxyAddress(ProxyKind kind, StationAddress address)
    {
        Kind = kind;
        Host = address.Host;
        Port = address.Port;
    }

    /// <summary>What it speaks.</summary>
    public ProxyKind Kind { get; }

    /// <summary>Its name or address.</summary>
    public string Host { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Reads an address. The errors never repeat the text, in which a login may stand.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not of that form, or with a login.</exception>
    public static ProxyAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('@', StringComparison.Ordinal))
        {
            throw Invalid("A login in a proxy's address would stand in histories and logs, so it is not taken from there: give it with -ProxyCredential (Get-Credential)");
        }

        int colon = text.IndexOf("://", StringComparison.Ordinal);
        ProxyKind kind = (colon < 0 ? string.Empty : text[..colon].ToLowerInvariant()) switch
        {
            "socks5" => ProxyKind.Socks5,
            "http" => ProxyKind.Http,
            "socks5h" => throw Invalid($"{Forms}. socks5:// leaves names to the proxy, as socks5h:// does elsewhere"),
            "https" => throw Invalid($"{Forms}. A proxy behind TLS is not supported; what goes through is encrypted in any case"),
            _ => throw Invalid(Forms),
        };
        try
        {
            return new ProxyAddress(kind, StationAddress.ParseTcp(text[(colon + 3)..].TrimEnd('/')));
        }
        catch (StationException e)
        {
            throw Invalid($"{Forms}. {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The address.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Kind == ProxyKind.Socks5 ? "socks5" : "http")}://{StationAddress.Tcp(Host, Port)}");

    private static StationException Invalid(string message) => new(StationFault.InvalidArgument, message + ".");
}
