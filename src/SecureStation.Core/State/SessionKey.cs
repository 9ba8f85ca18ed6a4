namespace SecureStation.Core.State;

/// <summary>Which session of a state: a station that connects to itself has both ends of one.</summary>
internal readonly record struct SessionKey(string Id, StationRole Role);
