using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sessions;

/// <summary>What an initiator brings to a handshake: the suite, an invitation, and its decision about the responder.</summary>
internal sealed record InitiatorTerms(StationSuite Suite, StationInvitation? Invitation, StationLimits Limits, Func<StationPublicKey, TrustVerdict> Decide)
{
    /// <summary>The clock of the session.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
