namespace SecureStation.Core.Transcripts;

/// <summary>How a check of a transcript came out.</summary>
public enum TranscriptCheckResult
{
    /// <summary>What is claimed holds.</summary>
    Passed,

    /// <summary>What is claimed does not hold.</summary>
    Failed,

    /// <summary>From a transcript this cannot be checked, or there is nothing of the kind in it.</summary>
    NotChecked,
}
