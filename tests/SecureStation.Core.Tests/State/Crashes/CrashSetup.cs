namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>What a run with crashes begins with: which side has a state, how narrow things are, and how many messages went before.</summary>
internal readonly record struct CrashSetup(bool HasLeftState, bool HasRightState, int Window, int OutboxBytes, ulong BeginsAfter);
