namespace SecureStation.Core;

/// <summary>
/// The one exception family of SecureStation. <see cref="Fault"/> is the reason, stable across versions.
/// Messages never hold secrets, nor characters that steer a terminal.
/// </summary>
public class StationException : Exception
{
    // What a peer wrote is made fit to be shown where its text is put into a message; this is for what was forgotten there.
    private const int MaxMessage = 8192;

    /// <summary>Makes an exception with a reason, a text for people and, if there is one, the cause.</summary>
    public StationException(StationFault fault, string message, Exception? inner = null)
        : base(ForeignText.Show(message, MaxMessage, keepLines: true), inner) => Fault = fault;

    /// <summary>Why the operation failed.</summary>
    public StationFault Fault { get; }

    /// <summary>What kind of thing the failure is about, where that is said; <see cref="StationSubject.None"/> elsewhere.</summary>
    public StationSubject Subject { get; init; }

    /// <summary>The stage of the handshake at which it failed; <see cref="HandshakeStage.None"/> elsewhere.</summary>
    public HandshakeStage Stage { get; init; }

    /// <summary>
    /// What the peer said of its reason, in clear and unauthenticated: a hint for people, never acted on. Null if it said nothing.
    /// </summary>
    public string? PeerHint
    {
        get;
        init => field = value is null ? null : ForeignText.Show(value);
    }

    /// <summary>The fingerprint of the peer's identity where the failure is about it, as <c>SHA256:…</c>.</summary>
    public string? PeerFingerprint { get; init; }

    /// <summary>The address that the failure is about, <c>host:port</c> as typed.</summary>
    public string? Address { get; init; }
}
