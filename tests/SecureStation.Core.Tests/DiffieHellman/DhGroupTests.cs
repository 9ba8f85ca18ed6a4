using System.Numerics;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Core.Tests.DiffieHellman;

public class DhGroupTests
{
    // RFC 7919, appendix A: p = 2^b − 2^(b−64) + ([2^(b−130) e] + X) · 2^64 − 1
    [Theory]
    [InlineData(2048, 560316)]
    [InlineData(3072, 2625351)]
    [InlineData(4096, 5736041)]
    [InlineData(6144, 15705020)]
    [InlineData(8192, 10965728)]
    public void Ffdhe_primes_are_what_RFC_7919_computes_them_from(int bits, int x) =>
        Assert.Equal(FromFormula(bits, Euler(bits - 130), x), DhGroup.Get($"ffdhe{bits}").Prime);

    // RFC 3526, sections 3 to 7: the same with π.
    [Theory]
    [InlineData(2048, 124476)]
    [InlineData(3072, 1690314)]
    [InlineData(4096, 240904)]
    [InlineData(6144, 929484)]
    [InlineData(8192, 4743158)]
    public void Modp_primes_are_what_RFC_3526_computes_them_from(int bits, int x) =>
        Assert.Equal(FromFormula(bits, Pi(bits - 130), x), DhGroup.Get($"modp{bits}").Prime);

    [Theory]
    [InlineData("ffdhe2048", 225)]
    [InlineData("ffdhe3072", 275)]
    [InlineData("ffdhe4096", 325)]
    [InlineData("ffdhe6144", 375)]
    [InlineData("ffdhe8192", 400)]
    [InlineData("modp2048", 225)]
    public void Exponents_are_as_short_as_RFC_7919_allows(string name, int bits) =>
        Assert.Equal(bits, DhGroup.Get(name).Parameter.PrivateBits);

    [Fact]
    public void Generators_of_all_groups_have_prime_order()
    {
        foreach (DhGroup group in DhGroup.All)
        {
            DhParameterReport report = group.Parameter.Test(TestContext.Current.CancellationToken);
            Assert.True(report.IsAcceptable, group.Name);
            Assert.Equal("q", report.GeneratorOrder);
            Assert.Equal(group.Name, report.GroupName);
        }
    }

    [Fact]
    public void Names_are_found_in_any_case_and_others_are_refused()
    {
        Assert.Same(DhGroup.Get("ffdhe2048"), DhGroup.Get("FFDHE2048"));
        StationException refused = Assert.Throws<StationException>(() => DhGroup.Get("modp1024"));
        Assert.Equal(StationFault.InvalidArgument, refused.Fault);
    }

    private static BigInteger FromFormula(int bits, BigInteger constant, int x) =>
        BigInteger.Pow(2, bits) - BigInteger.Pow(2, bits - 64) + ((constant + x) << 64) - 1;

    /// <summary>[2^bits · e], by its series.</summary>
    private static BigInteger Euler(int bits)
    {
        BigInteger sum = 0;
        BigInteger term = BigInteger.One << (bits + 64);
        for (int n = 1; !term.IsZero; n++)
        {
            sum += term;
            term /= n;
        }

        return sum >> 64;
    }

    /// <summary>[2^bits · π], by Machin's formula.</summary>
    private static BigInteger Pi(int bits)
    {
        BigInteger one = BigInteger.One << (bits + 64);
        return (4 * ((4 * ArcTangentOfInverse(5)) - ArcTangentOfInverse(239))) >> 64;

        BigInteger ArcTangentOfInverse(int x)
        {
            BigInteger sum = 0;
            BigInteger power = one / x;
            for (int n = 1; !power.IsZero; n += 2)
            {
                sum += n % 4 == 1 ? power / n : -(power / n);
                power /= x * x;
            }

            return sum;
        }
    }
}
