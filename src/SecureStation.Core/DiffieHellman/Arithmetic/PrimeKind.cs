namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>What the modulus of a Diffie-Hellman group can be.</summary>
internal enum PrimeKind
{
    /// <summary>Not a prime.</summary>
    Composite,

    /// <summary>A prime p whose (p − 1) / 2 is composite: its group has subgroups of unknown size.</summary>
    Prime,

    /// <summary>A prime p whose (p − 1) / 2 is prime too.</summary>
    SafePrime,
}
