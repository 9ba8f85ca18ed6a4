namespace SecureStation.Core.Tests.Notary;

/// <summary>A clock that a test sets, also backwards.</summary>
internal sealed class ManualClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => Now;
}
