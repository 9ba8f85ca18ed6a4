using SecureStation.Core;

namespace SecureStation.Nats;

/// <summary>The servers of a mailbox: <c>nats://a:4222,b:4222</c>. A user and password in it are taken, and never shown again.</summary>
internal sealed class NatsAddress
{
    private const int DefaultPort = 4222;

    private NatsAddress(string servers, string shown, string? user, string? password)
    {
        Servers = servers;
        Shown = shown;
        User = user;
        Password = password;
    }

    /// <summary>As the client library takes it.</summary>
    public string Servers { get; }

    /// <summary>Without user and password.</summary>
    public string Shown { get; }

    public string? User { get; }

    public string? Password { get; }

    public static bool IsOne(string address) =>
        address.StartsWith("nats://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("tls://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static NatsAddress Parse(string address)
    {
        int colon = address.IndexOf("://", StringComparison.Ordinal);
        string scheme = address[..colon].ToLowerInvariant();
        string? user = null, password = null;
        var servers = new List<string>();
        foreach (string part in address[(colon + 3)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string one = part.Contains("://", StringComparison.Ordinal) ? part : $"{scheme}://{part}";
            if (!Uri.TryCreate(one, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.AbsolutePath.Length > 1 || uri.Query.Length > 0)
            {
                throw new StationException(StationFault.InvalidArgument, "The address of a NATS server is nats://host:port, several with commas between: nats://a:4222,b:4222.");
            }

            if (uri.UserInfo.Length > 0)
            {
                string[] info = uri.UserInfo.Split(':', 2);
                (user, password) = (Uri.UnescapeDataString(info[0]), Uri.UnescapeDataString(info.ElementAtOrDefault(1) ?? string.Empty));
            }

            servers.Add($"{uri.Scheme}://{uri.IdnHost}:{(uri.Port < 0 ? DefaultPort : uri.Port)}");
        }

        return servers.Count == 0
            ? throw new StationException(StationFault.InvalidArgument, "The address names no server: nats://host:4222.")
            : new NatsAddress(string.Join(',', servers), servers[0] + string.Concat(servers.Skip(1).Select(server => "," + server[(server.IndexOf("://", StringComparison.Ordinal) + 3)..])), user, password);
    }
}
