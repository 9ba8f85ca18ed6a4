namespace SecureStation.Core.DiffieHellman;

/// <summary>Which server to make an exchange with.</summary>
public sealed record DhClientOptions
{
    /// <summary>The port of the old program.</summary>
    public const int DefaultPort = 7777;

    /// <summary>A name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>The port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The parameters that the server must have; null takes what it sends if it is acceptable.</summary>
    public DhParameter? Parameter { get; init; }

    /// <summary>Which parameters are acceptable.</summary>
    public DhPolicy Policy { get; init; } = DhPolicy.Untrusted;

    /// <summary>The time for the whole exchange, with the test of the server's prime. 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
