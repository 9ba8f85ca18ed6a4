namespace SecureStation.Core.Age;

/// <summary>
/// An age file that does not open. <see cref="Failure"/> says which part failed; never tell the sender of a file more than that it failed.
/// </summary>
internal sealed class AgeException(AgeFailure failure, string message, Exception? inner = null) : StationException(FaultOf(failure), message, inner)
{
    /// <summary>The part that failed.</summary>
    public AgeFailure Failure { get; } = failure;

    private static StationFault FaultOf(AgeFailure failure) => failure switch
    {
        AgeFailure.Armor or AgeFailure.Header => StationFault.MalformedBody,
        AgeFailure.NoMatch => StationFault.NotFound,
        _ => StationFault.DecryptionFailed,
    };
}
