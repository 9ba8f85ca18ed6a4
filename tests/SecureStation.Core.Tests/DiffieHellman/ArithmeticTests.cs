using System.Numerics;
using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.Tests.DiffieHellman;

public class ArithmeticTests
{
    public static TheoryData<string> Libraries => ["BouncyCastle", "OpenSSL"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Powers_agree_with_the_BCL_and_keep_leading_zeros(string library)
    {
        ModularArithmetic arithmetic = Require(library);
        BigInteger p = DhGroup.Get("ffdhe2048").Prime;
        byte[] modulus = p.ToUnsignedBytes();
        for (int i = 0; i < 8; i++)
        {
            byte[] value = RandomNumberGenerator.GetBytes(250);
            byte[] exponent = RandomNumberGenerator.GetBytes(29);
            byte[] power = arithmetic.ModPow(value, exponent, modulus);
            Assert.Equal(modulus.Length, power.Length);
            Assert.Equal(BigInteger.ModPow(value.ToUnsignedInteger(), exponent.ToUnsignedInteger(), p), power.ToUnsignedInteger());
        }

        // 2^100 is far shorter than p.
        byte[] small = arithmetic.ModPow([2], [100], modulus);
        Assert.Equal(modulus.Length, small.Length);
        Assert.Equal(BigInteger.One << 100, small.ToUnsignedInteger());
    }

    [Theory]
    [InlineData(5, "SafePrime")]
    [InlineData(7, "SafePrime")]
    [InlineData(11, "SafePrime")]
    [InlineData(13, "Prime")]
    [InlineData(15, "Composite")]
    [InlineData(23, "SafePrime")]
    [InlineData(25, "Composite")]
    [InlineData(131267, "SafePrime")]
    [InlineData(131071, "Prime")]
    public void Small_numbers_are_classified(int number, string kind)
    {
        Assert.Equal(kind, PrimeTest.Classify(number, new BouncyCastleArithmetic(), TestContext.Current.CancellationToken).ToString());
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_long_test_ends_when_it_is_cancelled(string library)
    {
        ModularArithmetic arithmetic = Require(library);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        BigInteger prime = DhGroup.Get("ffdhe8192").Prime;
        Task<bool> test = Task.Run(() => PrimeTest.IsPrime(prime, arithmetic, cancellation.Token), TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    private static ModularArithmetic Require(string library)
    {
        if (library == "BouncyCastle")
        {
            return new BouncyCastleArithmetic();
        }

        Assert.SkipUnless(OpenSslArithmetic.IsSupported, "libcrypto.so.3 is not there.");
        return new OpenSslArithmetic();
    }
}
