namespace SecureStation.Core.Sessions;

/// <summary>What a peer's authenticated Close means to this side.</summary>
internal static class PeerReasons
{
    /// <summary>A Close in the place of Welcome: the peer refuses.</summary>
    public static StationException ToRefusal(ushort reason)
    {
        string name = StationReasons.Describe(reason);
        return (StationReason)reason switch
        {
            StationReason.InvitationUsed => Refusal(StationFault.InvitationUsed, "The invitation has already been used by another identity.", name),
            StationReason.InvitationExpired => Refusal(StationFault.InvitationExpired, "The invitation has expired or was withdrawn.", name),
            StationReason.PeerUntrusted => Refusal(StationFault.PeerRefused, "The peer does not accept this station's identity.", name),
            StationReason.Busy => Refusal(StationFault.PeerRefused, "The peer has as many sessions as it may have.", name),
            _ => Refusal(StationFault.PeerRefused, $"The peer refused the session: {name}.", name),
        };
    }

    /// <summary>A Close of a session that was open.</summary>
    public static StationException ToEnd(ushort reason) => (StationReason)reason == StationReason.Closed
        ? new StationException(StationFault.SessionClosed, "The peer closed the session.")
        : new StationException(StationFault.SessionClosed, $"The peer ended the session: {StationReasons.Describe(reason)}.") { PeerHint = StationReasons.Describe(reason) };

    /// <summary>The peer's Close after this side's own, which it answers: neither blames the peer.</summary>
    public static StationException ToAnswer(ushort reason) => (StationReason)reason == StationReason.Closed
        ? new StationException(StationFault.SessionClosed, "The session was closed.")
        : ToEnd(reason);

    /// <summary>An end before the peer's Welcome is a failure of the handshake.</summary>
    public static StationException ToHandshakeFailure(StationException end) => end.Stage == HandshakeStage.Welcome
        ? end
        : new StationException(StationFault.HandshakeFailed, $"The handshake failed at {HandshakeStage.Welcome}: {end.Message}", end) { Stage = HandshakeStage.Welcome };

    private static StationException Refusal(StationFault fault, string message, string hint) =>
        new(fault, message) { Stage = HandshakeStage.Welcome, PeerHint = hint };
}
