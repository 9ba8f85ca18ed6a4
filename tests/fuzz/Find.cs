namespace SecureStation.Fuzz;

/// <summary>An input that a target did not stand.</summary>
/// <param name="Input">The bytes.</param>
/// <param name="Why">What happened.</param>
public sealed record Find(byte[] Input, string Why);
