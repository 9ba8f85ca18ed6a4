namespace SecureStation.Core.DiffieHellman;

/// <summary>Why Diffie-Hellman parameters are not acceptable.</summary>
public enum DhParameterProblem
{
    /// <summary>The prime has fewer than 512 bits: refused always.</summary>
    PrimeTooSmall,

    /// <summary>The prime has fewer than 2048 bits: refused unless weak parameters were asked for.</summary>
    PrimeWeak,

    /// <summary>The prime has more than 8192 bits.</summary>
    PrimeTooLarge,

    /// <summary>The modulus is even.</summary>
    ModulusEven,

    /// <summary>The modulus is odd, but no prime.</summary>
    ModulusComposite,

    /// <summary>The modulus p is a prime, but (p − 1) / 2 is not.</summary>
    PrimeNotSafe,

    /// <summary>The generator is not in 2 … p − 2.</summary>
    GeneratorOutOfRange,

    /// <summary>The q that came with the parameters is not (p − 1) / 2.</summary>
    SubgroupOrderWrong,

    /// <summary>The private length that came with the parameters is no length of an exponent below the prime.</summary>
    PrivateLengthUnusable,
}
