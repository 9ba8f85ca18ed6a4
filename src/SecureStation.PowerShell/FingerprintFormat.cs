namespace SecureStation;

/// <summary>How Get-StationFingerprint writes a fingerprint.</summary>
public enum FingerprintFormat
{
    /// <summary>The object, which reads SHA256:….</summary>
    Fingerprint,

    /// <summary>Twelve groups of five digits, to be compared by voice.</summary>
    Digits,
}
