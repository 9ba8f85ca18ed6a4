namespace SecureStation.Core.DiffieHellman;

/// <summary>What a test of Diffie-Hellman parameters found.</summary>
public sealed record DhParameterReport
{
    /// <summary>The name of the group where it is a known one; null elsewhere.</summary>
    public string? GroupName { get; init; }

    /// <summary>The size of the modulus in bits.</summary>
    public required int Bits { get; init; }

    /// <summary>The generator, in decimal; shortened in the middle where it is long.</summary>
    public required string Generator { get; init; }

    /// <summary>
    /// The order of the subgroup that the generator generates: <c>q</c>, or <c>2q</c> where it is no quadratic residue, so that
    /// a public value gives away the lowest bit of its exponent (ours are even there). Null where the modulus is no safe prime.
    /// </summary>
    public string? GeneratorOrder { get; init; }

    /// <summary>The length of private exponents in bits.</summary>
    public required int PrivateBits { get; init; }

    /// <summary>Whether the modulus is a safe prime; null where it was not tested, because of its size.</summary>
    public bool? IsSafePrime { get; init; }

    /// <summary>Everything that speaks against the parameters.</summary>
    public required IReadOnlyList<DhParameterProblem> Problems { get; init; }

    /// <summary>Whether the prime is under 2048 bits.</summary>
    public bool IsWeak => Problems.Contains(DhParameterProblem.PrimeWeak);

    /// <summary>Whether the parameters may be used.</summary>
    public bool IsAcceptable => Problems.Count == 0;

    /// <summary>Whether the parameters may be used where weak ones are allowed.</summary>
    public bool IsAcceptableIfWeakAllowed => Problems.All(problem => problem == DhParameterProblem.PrimeWeak);
}
