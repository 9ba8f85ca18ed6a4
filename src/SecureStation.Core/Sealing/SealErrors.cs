using SecureStation.Core.Age;

namespace SecureStation.Core.Sealing;

/// <summary>The errors of sealed messages and cards, in one place.</summary>
internal static class SealErrors
{
    public static StationException Broken(string why, Exception? inner = null) =>
        new(StationFault.SealBroken, $"The sealed message is broken: {why}.", inner);

    /// <summary>What an age file's failure means to the reader of a sealed message.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="isComplete">Whether the reader gave all the sealing keys that it ever had.</param>
    public static StationException Of(AgeException e, bool isComplete) => e.Failure switch
    {
        AgeFailure.NoMatch when isComplete => new StationException(StationFault.NotARecipient, "None of your sealing keys opens it: it was sealed for others, or its header was damaged where it names you.", e) { Subject = StationSubject.SealingKey },
        AgeFailure.NoMatch => new StationException(
            StationFault.SealingKeyMissing, "None of the sealing keys here opens it: it was sealed for others, or to a key that was removed or is on another machine; or its header was damaged.", e)
        {
            Subject = StationSubject.SealingKey,
        },
        AgeFailure.Payload => Broken("it was changed or cut off", e),
        AgeFailure.Hmac => Broken("its header was changed", e),
        _ => Broken("it is not an age file, or a damaged one", e),
    };
}
