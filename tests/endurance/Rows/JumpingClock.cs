namespace SecureStation.Endurance.Rows;

/// <summary>A clock that can be set, forth and back; time that is measured goes on as it does.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _offset;

    /// <summary>How wrong it is.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _offset));
        set => Volatile.Write(ref _offset, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}
