using SecureStation.Core.Listening;

namespace SecureStation.Core.Notary.Legacy;

/// <summary>What the old notary's server signs with, whom it knows, and where it listens.</summary>
public sealed record DocumentNotaryOptions
{
    /// <summary>The port of the old program.</summary>
    public const int DefaultPort = 9999;

    /// <summary>The server's key pair. Not disposed.</summary>
    public required LegacyKeyPair KeyPair { get; init; }

    /// <summary>The folder with a file <c>ID_publickey.bin</c> for each client.</summary>
    public required string PublicKeyDirectory { get; init; }

    /// <summary><see cref="StationListenerOptions.Loopback"/>, <see cref="StationListenerOptions.Any"/>, or an IP address of this machine.</summary>
    public string Address { get; init; } = StationListenerOptions.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Signs the hash of nothing, as the original does and its clients require. Such a signature proves nothing.</summary>
    public bool SignEmptyHash { get; init; }

    /// <summary>The time that a client has. 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clients at once; above it the one that has been there longest is dropped. 256.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>The clock; stamps are in its local time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
