namespace SecureStation.Core.Listening;

/// <summary>A connection that a listener let in no further.</summary>
/// <param name="Time">When.</param>
/// <param name="RemoteAddress">Where it came from.</param>
/// <param name="Reason">Why: the fault of <paramref name="Message"/>.</param>
/// <param name="Fingerprint">Of the key that it showed, <c>SHA256:…</c>; null where it came to none.</param>
/// <param name="Message">The same for people, safe to show.</param>
public sealed record ListenerRefusal(DateTimeOffset Time, string RemoteAddress, StationFault Reason, string? Fingerprint, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{RemoteAddress}: {Message}";
}
