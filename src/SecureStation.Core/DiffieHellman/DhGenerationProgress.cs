namespace SecureStation.Core.DiffieHellman;

/// <summary>How far the search for a safe prime has come. It has no end that is known before: the chance is what is told.</summary>
/// <param name="Candidates">How many candidates were tested.</param>
/// <param name="Expected">How many it takes on average.</param>
/// <param name="Elapsed">The time since the search began.</param>
public sealed record DhGenerationProgress(long Candidates, double Expected, TimeSpan Elapsed)
{
    /// <summary>The chance in per cent that a search is done after so many candidates.</summary>
    public int PercentLikely => (int)(100 * (1 - Math.Exp(-Candidates / Expected)));
}
