namespace SecureStation.Core.Tests;

/// <summary>Tests that look at the memory of the whole process: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
