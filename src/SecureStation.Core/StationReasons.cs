namespace SecureStation.Core;

/// <summary>Reason codes as they come from a peer: any number.</summary>
internal static class StationReasons
{
    /// <summary>The name of a reason code, known or not.</summary>
    public static string Describe(ushort reason) =>
        Enum.IsDefined((StationReason)reason) ? ((StationReason)reason).ToString() : $"reason {reason}";
}
