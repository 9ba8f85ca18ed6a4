namespace SecureStation.Core.Auditing;

/// <summary>
/// Something that an operator wants to find later: who came, who was refused and why, whose trust changed, what was moved or asked. Never the content of a
/// message and never a secret. Texts that a peer chose are cleaned when the event is written (<see cref="ForeignText"/>).
/// </summary>
/// <param name="Kind">What happened.</param>
public sealed record AuditEvent(AuditEventKind Kind)
{
    /// <summary>The session's id.</summary>
    public string? Session { get; init; }

    /// <summary>The listener's id.</summary>
    public string? Listener { get; init; }

    /// <summary>The other side's address, host and port.</summary>
    public string? Address { get; init; }

    /// <summary>The peer's name in the trust store.</summary>
    public string? Peer { get; init; }

    /// <summary>The fingerprint of the peer's key, <c>SHA256:…</c>.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Why it happened: the fault of an error, or one word.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people; what was done.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether a flood of such events is put together: the same source and reason once a second, with a count.</summary>
    internal bool IsFloodable => Kind is AuditEventKind.Refused or AuditEventKind.ConnectFailed;
}
