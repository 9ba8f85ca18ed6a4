namespace SecureStation.Core.Transcripts;

/// <summary>One side of a handshake, by what is public about it.</summary>
public sealed record TranscriptParty
{
    /// <summary>The fingerprint of its identity, <c>SHA256:…</c>; null where it has shown none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Its identity as SubjectPublicKeyInfo, base64.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Its Noise static public key, hex.</summary>
    public string? StaticKey { get; init; }

    /// <summary>Its identity's signature over the static key, purpose <c>static-key</c>, base64.</summary>
    public string? Signature { get; init; }
}
