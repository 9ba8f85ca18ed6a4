namespace SecureStation.Core;

/// <summary>
/// Why a station refuses or closes: the one table of reason codes (u16) for the plain refusal hint and the Close frame
/// (docs/protocol/station-1.md, section 9).
/// </summary>
public enum StationReason : ushort
{
    /// <summary>The session ends because its user is done.</summary>
    Closed = 0,

    /// <summary>The first line is not a preamble of this protocol.</summary>
    BadPreamble = 1,

    /// <summary>The suite is unknown or not allowed here.</summary>
    UnsupportedSuite = 2,

    /// <summary>A handshake message could not be read.</summary>
    HandshakeFailed = 3,

    /// <summary>The identity of the other side is not accepted.</summary>
    PeerUntrusted = 4,

    /// <summary>No invitation with this id was given out.</summary>
    InvitationUnknown = 5,

    /// <summary>The invitation had expired, or was withdrawn.</summary>
    InvitationExpired = 6,

    /// <summary>The invitation has been used by another identity.</summary>
    InvitationUsed = 7,

    /// <summary>The listener has as many sessions as it may have.</summary>
    Busy = 8,

    /// <summary>Something took longer than allowed.</summary>
    Timeout = 9,

    /// <summary>The other side broke the protocol.</summary>
    ProtocolError = 10,

    /// <summary>A message is larger than announced as acceptable.</summary>
    MessageTooLarge = 11,

    /// <summary>The session that was to be resumed is not kept here, or not for this identity.</summary>
    NotResumed = 12,

    /// <summary>A newer connection has taken the session over.</summary>
    Superseded = 13,
}
