namespace SecureStation.Endurance;

/// <summary>What a row found.</summary>
/// <param name="Done">How often it did what it does.</param>
/// <param name="Measured">For the table.</param>
/// <param name="Passed">Whether the limit was kept. Whether enough was done is judged by <paramref name="Done"/>.</param>
/// <param name="Problem">What was wrong.</param>
internal sealed record RowOutcome(int Done, string Measured, bool Passed, string? Problem = null);
