using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Protocols;

/// <summary>What a protocol's accepting side is made from. How connections come in is not its affair.</summary>
public sealed record ProtocolListenerOptions
{
    /// <summary>The identity. Not disposed.</summary>
    public required StationKeyPair KeyPair { get; init; }

    /// <summary>Whom to accept without an invitation.</summary>
    public required ListenerTrust Trust { get; init; }

    /// <summary>The names of the suites allowed.</summary>
    public IReadOnlyList<string> Suites { get; init; } = StationSuite.Names;

    /// <summary>What only the old, insecure protocols look at.</summary>
    public LegacyOptions Legacy { get; init; } = new();

    /// <summary>The bounds.</summary>
    public StationLimits Limits { get; init; } = StationLimits.Default;

    /// <summary>Whom to accept by an invitation; null: nobody.</summary>
    internal IInvitations? Invitations { get; init; }

    /// <summary>Who keeps the sessions when their connections are cut; null: they end then.</summary>
    internal ISessionKeeper? Keeper { get; init; }

    /// <summary>Told of each session before anything of it is read: what is offered in it is switched on here.</summary>
    internal Action<SecureSession>? Prepare { get; init; }
}
