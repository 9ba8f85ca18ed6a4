using System.Numerics;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>The test of primes of Diffie-Hellman parameters, with both libraries that do it.</summary>
internal static class PrimalityChecks
{
    /// <summary>Numbers are in two's complement, so those that are "acceptable" are negative: refused.</summary>
    public static string Primality(WycheproofTest test)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var value = new BigInteger(test.Bytes("value"), isUnsigned: false, isBigEndian: true);
        foreach (ModularArithmetic arithmetic in Libraries())
        {
            if (test.IsValid && arithmetic is BouncyCastleArithmetic && OpenSslArithmetic.IsSupported && value.BitCount() > 1024)
            {
                // 64 rounds of BouncyCastle each: many seconds. OpenSSL has them too.
                continue;
            }

            Assert.Equal(test.IsValid, PrimeTest.IsPrime(value, arithmetic, token));
            if (!test.IsValid && value > 3)
            {
                Assert.Equal(PrimeKind.Composite, PrimeTest.Classify(value, arithmetic, token));
            }
        }

        if (!test.IsValid)
        {
            StationAssert.Fails(
                StationFault.InvalidParameter,
                () => new DhParameter(value, 2).EnsureAcceptable(new DhPolicy { AllowWeakParameter = true }, token));
        }

        return test.IsValid ? WycheproofTest.Agrees : WycheproofTest.Refused;
    }

    private static ModularArithmetic[] Libraries() =>
        OpenSslArithmetic.IsSupported ? [new BouncyCastleArithmetic(), new OpenSslArithmetic()] : [new BouncyCastleArithmetic()];
}
