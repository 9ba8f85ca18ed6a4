namespace SecureStation.Core.State;

/// <summary>
/// How far messages may be given out before the state is told, in steps: a restart marks what is unread up to there, and nothing that was certainly not
/// given out. The next step is asked for half a step ahead, so that nobody waits for it.
/// </summary>
internal static class GivenSteps
{
    public const ulong Length = 1024;

    /// <summary>Where a session begins.</summary>
    public const ulong First = Length;

    /// <summary>What is to be in the state once this message is given out.</summary>
    public static ulong After(ulong id) => End(id + (Length / 2));

    /// <summary>The end of the step that this message is in.</summary>
    public static ulong End(ulong id) => (id + Length - 1) / Length * Length;
}
