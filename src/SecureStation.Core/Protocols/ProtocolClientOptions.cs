using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Protocols;

/// <summary>What a protocol's connecting side is made from. Where it connects to is not its affair.</summary>
public sealed record ProtocolClientOptions
{
    /// <summary>The identity; null makes a fresh one in memory.</summary>
    public StationKeyPair? KeyPair { get; init; }

    /// <summary>Whom to accept.</summary>
    public required ClientTrust Trust { get; init; }

    /// <summary>The name of the suite; null: what <see cref="StationSuite.Choose"/> gives.</summary>
    public string? Suite { get; init; }

    /// <summary>What only the old, insecure protocols look at.</summary>
    public LegacyOptions Legacy { get; init; } = new();

    /// <summary>Whether this station's identity signs receipts for what comes into its sessions' inboxes, if the peer asks.</summary>
    public bool AllowSignedReceipts { get; init; }

    /// <summary>The bounds.</summary>
    public StationLimits Limits { get; init; } = StationLimits.Default;

    /// <summary>Makes the next connection to the same peer when one is cut; null: the session ends then.</summary>
    internal Func<CancellationToken, Task<ITransport>>? Redial { get; init; }

    /// <summary>Where its sessions are written down; null where they end with the process.</summary>
    internal State.OpenState? State { get; init; }

    /// <summary>The address that they are written down under.</summary>
    internal string Address { get; init; } = string.Empty;
}
