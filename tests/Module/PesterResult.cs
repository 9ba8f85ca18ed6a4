namespace SecureStation.ModuleTests;

/// <summary>How one Pester test ended: it passed where neither a failure nor a reason for skipping is there.</summary>
internal sealed record PesterResult(string Name, string? Failure, string? Skipped);
