namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>What a simulated run begins with.</summary>
internal readonly record struct SimulationSetup(bool IsResumable, bool IsLeftDurable, bool IsRightDurable, int Window, int OutboxBytes, int RekeyAfter);
