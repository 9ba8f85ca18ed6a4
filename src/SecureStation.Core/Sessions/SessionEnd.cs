namespace SecureStation.Core.Sessions;

/// <summary>Why a session is over: the only copy, for all who ask. Whoever ends it first says why.</summary>
internal sealed class SessionEnd
{
    private StationException? _reason;

    /// <summary>The reason; null while there is none.</summary>
    public StationException? Reason => Volatile.Read(ref _reason);

    /// <summary>Says why; returns what was said first.</summary>
    public StationException Say(StationException reason) => Interlocked.CompareExchange(ref _reason, reason, null) ?? reason;
}
