using SecureStation.Core.Keys;
using SecureStation.Core.Listening;

namespace SecureStation.Core.Notary;

/// <summary>What a notary signs, where it listens and where it logs.</summary>
public sealed record StationNotaryOptions
{
    /// <summary>What it signs with and promises. Its log is opened by the notary: see <see cref="LogPath"/>.</summary>
    public required TimestampAuthorityOptions Authority { get; init; }

    /// <summary>Whether it answers over HTTP; it can also be given sessions (<see cref="StationNotary.Serve"/>).</summary>
    public bool UsesHttp { get; init; } = true;

    /// <summary><see cref="StationListenerOptions.Loopback"/>, <see cref="StationListenerOptions.Any"/>, or an IP address of this machine.</summary>
    public string Address { get; init; } = StationListenerOptions.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The log file; null for none.</summary>
    public string? LogPath { get; init; }

    /// <summary>Signs the log's entries; null makes a key in memory, which nobody has any more once the notary is gone. Not disposed.</summary>
    public StationKeyPair? LogKeyPair { get; init; }

    /// <summary>Connections at once; above it the one that has been there longest is dropped. 1,024.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>The time that a client has for sending a request, from its first byte. 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that a connection may be idle. 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
