using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>What an initiator brings to a handshake: the suite, an invitation, and its decision about the responder.</summary>
internal sealed record InitiatorTerms(StationSuite Suite, StationInvitation? Invitation, StationLimits Limits, Func<StationPublicKey, TrustVerdict> Decide)
{
    /// <summary>What makes the next connection when this one is cut; null: the session ends then.</summary>
    public IReconnector? Reconnector { get; init; }

    /// <summary>Makes what writes the session down; null where it ends with the process.</summary>
    public Func<State.SessionJournal>? CreateJournal { get; init; }

    /// <summary>The address that was asked for, as it is written down.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>The clock of the session.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The first message, where it has been made while the connection was; it belongs to who shakes hands.</summary>
    public FirstMessage? First { get; init; }

    /// <summary>The session is made, and nothing of it has been read yet: what is offered in it is switched on here.</summary>
    public Action<SecureSession>? Prepare { get; init; }
}
