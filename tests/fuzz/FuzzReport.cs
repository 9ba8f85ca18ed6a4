namespace SecureStation.Fuzz;

/// <summary>What a run did.</summary>
/// <param name="Runs">Inputs that were tried.</param>
/// <param name="Good">Of these, those that were taken for good.</param>
/// <param name="Found">What the target did not stand; null for nothing.</param>
public sealed record FuzzReport(long Runs, long Good, Find? Found);
