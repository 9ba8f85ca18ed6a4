namespace SecureStation.Core.Connecting;

/// <summary>One stage of a probe.</summary>
/// <param name="Name"><c>Resolve</c>, <c>Connect</c>, <c>Message1</c>, <c>Message2</c>, <c>Trust</c>, <c>Message3</c>, <c>Welcome</c>.</param>
/// <param name="Result"><c>Passed</c>, <c>Failed</c> or <c>Skipped</c>.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Detail">What was found, for people.</param>
public sealed record ProbeStage(string Name, ProbeResult Result, double Milliseconds, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Result}";
}
