namespace SecureStation.Core;

/// <summary>
/// The one exception family of SecureStation. <see cref="Fault"/> is the reason, stable across versions.
/// Messages never hold secrets.
/// </summary>
public class StationException : Exception
{
    /// <summary>Makes an exception with a reason, a text for people and, if there is one, the cause.</summary>
    public StationException(StationFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>Why the operation failed.</summary>
    public StationFault Fault { get; }

    /// <summary>What kind of thing the failure is about, where that is said; <see cref="StationSubject.None"/> elsewhere.</summary>
    public StationSubject Subject { get; init; }

    /// <summary>The stage of the handshake at which it failed; <see cref="HandshakeStage.None"/> elsewhere.</summary>
    public HandshakeStage Stage { get; init; }

    /// <summary>
    /// What the peer said of its reason, in clear and unauthenticated: a hint for people, never acted on. Null if it said nothing.
    /// </summary>
    public string? PeerHint { get; init; }

    /// <summary>The fingerprint of the peer's identity where the failure is about it, as <c>SHA256:…</c>.</summary>
    public string? PeerFingerprint { get; init; }

    /// <summary>The address that the failure is about, <c>host:port</c> as typed.</summary>
    public string? Address { get; init; }
}
