using System.Globalization;
using System.Numerics;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.DiffieHellman;

/// <summary>The tests that Diffie-Hellman parameters must pass.</summary>
internal static class DhParameterTest
{
    internal const string Subgroup = "q";
    internal const string WholeGroup = "2q";

    internal static DhParameterReport Run(DhParameter parameter, CancellationToken cancellationToken)
    {
        var problems = new List<DhParameterProblem>();
        BigInteger p = parameter.Prime;
        BigInteger g = parameter.Generator;
        if (parameter.Bits < DhParameter.WeakBelowBits)
        {
            problems.Add(parameter.Bits < DhParameter.MinimumBits ? DhParameterProblem.PrimeTooSmall : DhParameterProblem.PrimeWeak);
        }
        else if (parameter.Bits > DhParameter.MaximumBits)
        {
            problems.Add(DhParameterProblem.PrimeTooLarge);
        }

        if (!parameter.IsGeneratorInRange)
        {
            problems.Add(DhParameterProblem.GeneratorOutOfRange);
        }

        if (parameter.PrivateLength is { } length && (length < 1 || length >= parameter.Bits))
        {
            problems.Add(DhParameterProblem.PrivateLengthUnusable);
        }

        bool? isSafePrime = IsSafePrime(parameter, problems, cancellationToken);

        // Of a prime that is not safe, as those of RFC 5114, q is another divisor of p - 1: the prime is what is wrong with it.
        if (parameter.SubgroupOrder is { } q && q != p >> 1 && (isSafePrime != false || q < 2 || !((p - 1) % q).IsZero))
        {
            problems.Add(DhParameterProblem.SubgroupOrderWrong);
        }

        return new DhParameterReport
        {
            GroupName = parameter.GroupName,
            Bits = parameter.Bits,
            Generator = Shorten(g),
            GeneratorOrder = isSafePrime == true && parameter.IsGeneratorInRange
                ? QuadraticResidue.Contains(g, p) ? Subgroup : WholeGroup
                : null,
            PrivateBits = parameter.PrivateBits,
            IsSafePrime = isSafePrime,
            Problems = problems,
        };
    }

    /// <summary>A generator for people: in full where it is short.</summary>
    internal static string Shorten(BigInteger number)
    {
        const int Shown = 16;
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return digits.Length <= 3 * Shown ? digits : $"{digits[..Shown]}…{digits[^Shown..]}";
    }

    private static bool? IsSafePrime(DhParameter parameter, List<DhParameterProblem> problems, CancellationToken cancellationToken)
    {
        if (DhGroup.All.Any(group => group.Prime == parameter.Prime))
        {
            return true;
        }

        if (parameter.Prime.IsEven)
        {
            problems.Add(DhParameterProblem.ModulusEven);
            return false;
        }

        if (parameter.Bits is < DhParameter.MinimumBits or > DhParameter.MaximumBits)
        {
            return null;
        }

        switch (PrimeTest.Classify(parameter.Prime, ModularArithmetic.Default, cancellationToken))
        {
            case PrimeKind.SafePrime:
                return true;
            case PrimeKind.Prime:
                problems.Add(DhParameterProblem.PrimeNotSafe);
                return false;
            default:
                problems.Add(DhParameterProblem.ModulusComposite);
                return false;
        }
    }
}
