namespace SecureStation.Core.Transcripts;

/// <summary>What could be said of a transcript, and what could not.</summary>
public sealed record TranscriptReport
{
    internal TranscriptReport(StationTranscript transcript, IReadOnlyList<TranscriptCheck> checks)
    {
        Transcript = transcript;
        Checks = checks;
    }

    /// <summary>Whether no check failed.</summary>
    public bool IsValid => Failed.Count == 0;

    /// <summary>The transcript.</summary>
    public StationTranscript Transcript { get; }

    /// <summary>All checks, in order.</summary>
    public IReadOnlyList<TranscriptCheck> Checks { get; }

    /// <summary>The names of the checks that failed.</summary>
    public IReadOnlyList<string> Failed => Names(TranscriptCheckResult.Failed);

    /// <summary>The names of the checks that passed.</summary>
    public IReadOnlyList<string> Passed => Names(TranscriptCheckResult.Passed);

    /// <summary>The names of what could not be checked.</summary>
    public IReadOnlyList<string> NotChecked => Names(TranscriptCheckResult.NotChecked);

    /// <inheritdoc/>
    public override string ToString() => IsValid ? "Valid" : $"Not valid: {string.Join(", ", Failed)}";

    private string[] Names(TranscriptCheckResult result) => [.. Checks.Where(check => check.Result == result).Select(check => check.Name)];
}
