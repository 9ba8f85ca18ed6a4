using Org.BouncyCastle.Crypto.Parameters;
using BigInteger = System.Numerics.BigInteger;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>Which subgroup of a safe prime's group a number is in.</summary>
internal static class QuadraticResidue
{
    /// <summary>
    /// Whether value^q = 1 mod p with the safe prime p = 2q + 1, for 2 ≤ value ≤ p − 2: that is, whether value is in the
    /// subgroup of prime order q. For a safe prime it is Euler's criterion, so BouncyCastle computes the Legendre symbol
    /// instead, a hundred times cheaper than the power.
    /// </summary>
    internal static bool Contains(BigInteger value, BigInteger safePrime)
    {
        BouncyInteger p = ToBouncy(safePrime);
        try
        {
            // The constructor is BouncyCastle's only public way to the symbol; it refuses what is no residue.
            _ = new DHPublicKeyParameters(ToBouncy(value), new DHParameters(p, BouncyInteger.Two, p.ShiftRight(1)));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static BouncyInteger ToBouncy(BigInteger value) => new(1, value.ToUnsignedBytes());
}
