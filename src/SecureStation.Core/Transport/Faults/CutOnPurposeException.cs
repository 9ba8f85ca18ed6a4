namespace SecureStation.Core.Transport.Faults;

/// <summary>A fault plan has cut the connection. The other end learns only that it broke.</summary>
internal sealed class CutOnPurposeException(FaultRule rule) : IOException($"The connection was cut on purpose: {rule}.");
