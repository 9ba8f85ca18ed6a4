namespace SecureStation.Core.Transcripts;

/// <summary>One check of a transcript.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Result">How it came out.</param>
/// <param name="Detail">What that means, for people.</param>
public sealed record TranscriptCheck(string Name, TranscriptCheckResult Result, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Result}. {Detail}";
}
