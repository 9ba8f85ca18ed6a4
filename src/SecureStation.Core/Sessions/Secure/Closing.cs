namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// The end of a session under way (docs/protocol/station-1.md, section 9): this side's Close, the peer's, and how long either may take.
/// </summary>
/// <param name="now">When it begins.</param>
/// <param name="limits">How long it may take.</param>
/// <param name="reason">What this side's Close says.</param>
internal sealed class Closing(TimeSpan now, StationLimits limits, StationReason reason)
{
    /// <summary>For telling a peer something before an end that does not depend on it.</summary>
    public static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(1);

    // A peer that takes nothing out of its inbox keeps the outbox from emptying: the last fifth of the time is for a Close without it.
    private readonly TimeSpan _forceAt = now.After(0.8 * limits.CloseTimeout);

    /// <summary>What this side's Close says.</summary>
    public StationReason Reason { get; private set; } = reason;

    /// <summary>Whether Close goes out now, whatever waits to be sent or to become durable.</summary>
    public bool IsForced { get; private set; }

    /// <summary>Whether Close does not wait any more for what came in to become durable.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>Whether this side's Close is on its way; what comes in after that is dropped.</summary>
    public bool IsPlanned { get; private set; }

    /// <summary>Whether nothing of the peer is taken in any more, also before this side's Close is on its way.</summary>
    public bool IsDeaf { get; private set; }

    /// <summary>Whether this side's Close is written.</summary>
    public bool IsSent { get; private set; }

    /// <summary>What the peer's Close means to this side, once it has come.</summary>
    public StationException? Heard { get; private set; }

    /// <summary>Whether the peer's stream has ended too.</summary>
    public bool HasStreamEnded { get; private set; }

    /// <summary>A failure that ends the session as soon as Close has told the peer.</summary>
    public StationException? Failure { get; private set; }

    /// <summary>When to give up.</summary>
    public TimeSpan EndAt { get; private set; } = now.After(limits.CloseTimeout);

    /// <summary>When to look next.</summary>
    public TimeSpan NextTimer => IsOverdue || IsPlanned || EndAt < _forceAt ? EndAt : _forceAt;

    /// <summary>Close is to go out now.</summary>
    public void Force() => IsForced = true;

    /// <summary>Nothing of the peer is taken in from now on.</summary>
    public void Deafen() => IsDeaf = true;

    public void Plan() => IsPlanned = true;

    public void Send() => IsSent = true;

    /// <summary>The peer has closed: this side has nothing to send any more but its own Close.</summary>
    public void Hear(StationException meaning)
    {
        Heard = meaning;
        IsForced = true;
    }

    /// <summary>Something went wrong that the peer is to be told of, if it can be.</summary>
    public void Fail(StationException failure, StationReason reason, TimeSpan now)
    {
        Failure ??= failure;
        if (!IsPlanned)
        {
            Reason = reason;
        }

        IsForced = true;
        IsOverdue = true;
        Hurry(now);
    }

    /// <summary>The peer has closed and its stream has ended: it waits for no more than this side's Close.</summary>
    public void EndStream(TimeSpan now)
    {
        HasStreamEnded = true;
        Hurry(now);
    }

    /// <summary>Whether the time has come to close without what still waits.</summary>
    public void OnTimer(TimeSpan now)
    {
        IsOverdue |= now >= _forceAt;
        IsForced |= IsOverdue;
    }

    /// <summary>The connection is gone before the peer answered: this side's Close has to be sent again.</summary>
    public void Detach()
    {
        IsPlanned = false;
        IsSent = false;
    }

    private void Hurry(TimeSpan now) => EndAt = EndAt.OrEarlier(now + Courtesy);
}
