using SecureStation.Core.Listening;

namespace SecureStation.Core.DiffieHellman;

/// <summary>Where a Diffie-Hellman server listens, with which group, and its bounds.</summary>
public sealed record DhServerOptions
{
    /// <summary><see cref="StationListenerOptions.Loopback"/>, <see cref="StationListenerOptions.Any"/>, or an IP address of this machine.</summary>
    public string Address { get; init; } = StationListenerOptions.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = DhClientOptions.DefaultPort;

    /// <summary>The group that is offered to every client.</summary>
    public DhParameter Parameter { get; init; } = DhGroup.Get("ffdhe2048").Parameter;

    /// <summary>Which parameters are acceptable.</summary>
    public DhPolicy Policy { get; init; } = DhPolicy.Default;

    /// <summary>The time that a client has for its exchange. 10 s.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clients at once; above it the one that has been there longest is dropped. 256.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Secrets that wait to be received; above it the oldest is dropped and zeroed. 1,024.</summary>
    public int QueueLength { get; init; } = 1024;
}
