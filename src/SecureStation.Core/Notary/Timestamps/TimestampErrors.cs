namespace SecureStation.Core.Notary.Timestamps;

/// <summary>The errors that client and verifier share.</summary>
internal static class TimestampErrors
{
    /// <summary>A response without a token.</summary>
    public static StationException Rejected(TimeStampResponse response) => new(
        StationFault.TimestampRejected,
        $"The timestamp authority gave no token: {response.Status}"
        + (response.FailureInfo == PkiFailureInfo.None ? "." : $", {response.FailureInfo}."))
    { PeerHint = response.StatusText };
}
