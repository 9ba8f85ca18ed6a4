using SecureStation.Core.Listening;

namespace SecureStation.Core.Notary.Legacy;

/// <summary>Where the old notary's second client listens, and what it verifies with.</summary>
public sealed record LegacyReceiverOptions
{
    /// <summary><see cref="StationListenerOptions.Loopback"/>, <see cref="StationListenerOptions.Any"/>, or an IP address of this machine.</summary>
    public string Address { get; init; } = StationListenerOptions.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = DocumentForward.DefaultPort;

    /// <summary>The shared password: 16, 24 or 32 bytes, used as the AES key. Copied; the receiver zeroes its copy.</summary>
    public required ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>The file of the server's public key.</summary>
    public required string ServerPublicKeyPath { get; init; }

    /// <summary>Answers True also to a signature over the hash of nothing, as the original does. It vouches for nothing.</summary>
    public bool AcceptEmptyHash { get; init; }

    /// <summary>The time that a client has. 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clients at once; above it the one that has been there longest is dropped. 64.</summary>
    public int MaxConnections { get; init; } = 64;
}
