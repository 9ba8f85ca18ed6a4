namespace SecureStation.Core.Sessions.Secure;

/// <summary>What belongs to the connection in force and begins anew with another: keys, Pings and Pongs, signs of life.</summary>
/// <param name="limits">The session's.</param>
/// <param name="isResumable">Whether both sides keep the session when this connection is cut.</param>
/// <param name="now">When it begins.</param>
internal sealed class Attachment(StationLimits limits, bool isResumable, TimeSpan now)
{
    public bool IsResumable { get; } = isResumable;

    public ControlFrames Control { get; } = new();

    public RekeyPolicy Rekey { get; } = new(limits, now);

    public Liveness Liveness { get; } = new(limits, now);

    /// <summary>Why nothing more can be written; null while it can.</summary>
    public StationException? WriteFailure { get; private set; }

    /// <summary>Until when the reader may find out why the peer went.</summary>
    public TimeSpan WriteFailureEndsAt { get; private set; } = TimeSpan.MaxValue;

    public void OnWriteFailed(StationException failure, TimeSpan now)
    {
        WriteFailure ??= failure;
        WriteFailureEndsAt = now + Closing.Courtesy;
    }
}
