namespace SecureStation.Core.Sealing;

/// <summary>What keeps a sealed message secret.</summary>
public enum SealSecrecy
{
    /// <summary>ML-KEM-768 and X25519 together: also against quantum computers, as far as is known.</summary>
    Hybrid,

    /// <summary>X25519 or RSA alone, for at least one recipient: a quantum computer of the future could open what is recorded today.</summary>
    Classical,

    /// <summary>A passphrase: whoever has the file may guess at it.</summary>
    Passphrase,
}
