namespace SecureStation.Core.DiffieHellman;

/// <summary>Which Diffie-Hellman parameters are acceptable.</summary>
public sealed record DhPolicy
{
    /// <summary>2048 to 8192 bits, any safe prime.</summary>
    public static DhPolicy Default { get; } = new();

    /// <summary>
    /// For parameters that an unauthenticated peer sends: primes of no known group up to 4096 bits only, because to test one
    /// costs seconds.
    /// </summary>
    public static DhPolicy Untrusted { get; } = new() { MaximumUnknownBits = 4096 };

    /// <summary>Allows primes from 512 bits, which can be broken: for teaching.</summary>
    public bool AllowWeakParameter { get; init; }

    /// <summary>The largest prime in bits that is tested where it is of no known group.</summary>
    public int MaximumUnknownBits { get; init; } = DhParameter.MaximumBits;
}
