namespace SecureStation.Core.DiffieHellman;

/// <summary>A client that got no secret.</summary>
/// <param name="RemoteAddress">Where it came from, <c>host:port</c>.</param>
/// <param name="At">When it failed.</param>
/// <param name="Error">Why.</param>
public sealed record DhServerFailure(string RemoteAddress, DateTimeOffset At, StationException Error);
