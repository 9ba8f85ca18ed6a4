namespace SecureStation.Core.DiffieHellman;

/// <summary>The group in which a Diffie-Hellman exchange is done.</summary>
public enum DhAlgorithm
{
    /// <summary>The multiplicative group modulo a safe prime (PKCS#3; RFC 7919, RFC 3526).</summary>
    FiniteField,

    /// <summary>Curve25519 (RFC 7748).</summary>
    X25519,
}
