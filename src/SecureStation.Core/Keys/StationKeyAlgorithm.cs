namespace SecureStation.Core.Keys;

/// <summary>The kinds of signing key that a station's identity can be.</summary>
public enum StationKeyAlgorithm
{
    /// <summary>Ed25519 (RFC 8032): the default. 32-byte keys, 64-byte signatures.</summary>
    Ed25519,

    /// <summary>RSA of 2048 to 8192 bits with e = 65537; signatures are PKCS#1 v1.5 with SHA-256 (RFC 8017, 8.2).</summary>
    Rsa,

    /// <summary>ECDSA on the named curve P-256 with SHA-256; signatures are DER (RFC 3279, 2.2.3).</summary>
    EcdsaP256,
}
