using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>Where a listener listens, as whom, and whom it accepts.</summary>
public sealed record StationListenerOptions
{
    /// <summary>Binds to the loopback addresses.</summary>
    public const string Loopback = "Loopback";

    /// <summary>Binds to every address of the machine.</summary>
    public const string Any = "Any";

    /// <summary>The identity; null makes a fresh one in memory.</summary>
    public StationKeyPair? KeyPair { get; init; }

    /// <summary>
    /// <see cref="Loopback"/>, <see cref="Any"/>, an IP address of this machine, or <c>unix:/path</c> for a Unix socket, whose file this user alone can
    /// use; on Windows also <c>pipe:name</c>.
    /// </summary>
    public string Address { get; init; } = Loopback;

    /// <summary>The port; 0 takes a free one. A Unix socket and a named pipe have none.</summary>
    public int Port { get; init; }

    /// <summary>The host name that invitations carry; null: the address, or the machine's name where it is <see cref="Any"/>.</summary>
    public string? AdvertisedHostName { get; init; }

    /// <summary>Whom to accept without an invitation.</summary>
    public required ListenerTrust Trust { get; init; }

    /// <summary>The names of the suites allowed.</summary>
    public IReadOnlyList<string> Suites { get; init; } = StationSuite.Names;

    /// <summary>How long the invitation made at the start is valid; zero makes none.</summary>
    public TimeSpan InvitationLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What to speak. With more than one, a connection's first bytes say which.</summary>
    public IReadOnlyList<IStationProtocol> Protocols { get; init; } = [StationProtocols.Station];

    /// <summary>What only the old, insecure protocols look at.</summary>
    public LegacyOptions Legacy { get; init; } = new();

    /// <summary>Whether the listener's identity signs receipts for what comes into its inboxes, for those who ask: ten a second a peer.</summary>
    public bool AllowSignedReceipts { get; init; }

    /// <summary>The file that keeps sessions of peers that reconnect over the end of this process; null for none.</summary>
    public State.StationState? State { get; init; }

    /// <summary>The bounds.</summary>
    public StationLimits Limits { get; init; } = StationLimits.Default;

    /// <summary>Where the files go that admitted peers send, and how much of each peer is taken; null takes none.</summary>
    public FileReceiverOptions? ReceiveFiles { get; init; }

    /// <summary>The clock that judges invitations.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
