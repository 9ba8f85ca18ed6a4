namespace SecureStation.Endurance;

/// <summary>What a row is given.</summary>
/// <param name="Count">How often to do it: the figure times the scale, the floor at least.</param>
/// <param name="Random">For its choices, so that the seed repeats them.</param>
/// <param name="Folder">A new folder, deleted after the row.</param>
/// <param name="Token">Ends with the row's time.</param>
internal sealed record RowContext(int Count, Random Random, string Folder, CancellationToken Token);
