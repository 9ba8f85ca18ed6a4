namespace SecureStation.Core.Connecting;

/// <summary>How a stage of a probe came out.</summary>
public enum ProbeResult
{
    /// <summary>It did what it should.</summary>
    Passed,

    /// <summary>It failed, and with it the probe.</summary>
    Failed,

    /// <summary>It was not tried: an earlier stage failed, or nobody trusts this key.</summary>
    Skipped,
}
