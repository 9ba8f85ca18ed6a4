using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Core.Tests.DiffieHellman;

public class DhKeyTests
{
    private static readonly DhParameter s_group = DhGroup.Get("ffdhe2048").Parameter;
    private static readonly BigInteger s_p = s_group.Prime;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> BadValues => ["-2", "0", "1", "p-1", "p", "p+1", "p+4", "over-long", "non-residue"];

    [Theory]
    [MemberData(nameof(BadValues))]
    public void Bad_public_values_are_refused(string what)
    {
        BigInteger value = what switch
        {
            "-2" => -2,
            "0" => 0,
            "1" => 1,
            "p-1" => s_p - 1,
            "p" => s_p,
            "p+1" => s_p + 1,
            "p+4" => s_p + 4,
            "over-long" => (BigInteger.One << 30_000) + 4,
            _ => Samples.NonResidueOfFfdhe2048,
        };

        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhPublicKey.FromValue(s_group, value, cancellationToken: Token)).Fault);
        byte[] info = Samples.PublicKeyInfo(s_p, 2, value);
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhPublicKey.Import(info, cancellationToken: Token)).Fault);
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhPublicKey.Import(info, s_group, cancellationToken: Token)).Fault);
    }

    [Fact]
    public void The_edges_of_the_range_are_taken_where_they_are_in_the_subgroup()
    {
        // 2 is the generator; p − 2 = −2 is none of the subgroup, since −1 is no residue for p = 3 mod 4.
        Assert.Equal(2, DhPublicKey.FromValue(s_group, 2, cancellationToken: Token).Value);
        Assert.Throws<StationException>(() => DhPublicKey.FromValue(s_group, s_p - 2, cancellationToken: Token));
    }

    [Fact]
    public void Values_of_a_small_subgroup_of_an_unsafe_prime_never_get_to_arithmetic()
    {
        // 3 divides p − 1, so this value has order 3. The prime is refused for not being safe.
        BigInteger p = Samples.UnsafePrime2048;
        BigInteger small = Enumerable.Range(2, 100).Select(n => BigInteger.ModPow(n, (p - 1) / SmallFactor(p - 1), p)).First(n => !n.IsOne);
        StationException refused = Assert.Throws<StationException>(() => DhPublicKey.Import(Samples.PublicKeyInfo(p, 2, small), cancellationToken: Token));
        Assert.Contains(nameof(DhParameterProblem.PrimeNotSafe), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_generator_is_no_residue_neither_need_values_be_and_exponents_are_even()
    {
        var whole = new DhParameter(s_p, Samples.NonResidueOfFfdhe2048);
        DhPublicKey peer = DhPublicKey.FromValue(whole, Samples.NonResidueOfFfdhe2048, cancellationToken: Token);
        for (int i = 0; i < 8; i++)
        {
            using DhKeyPair pair = DhKeyPair.Generate(whole, cancellationToken: Token);
            Assert.Equal(0, pair.CopyPrivateKey()[^1] & 1);
            using DhSharedSecret secret = DhExchange.Agree(pair, peer);
            Assert.Equal(pair.PublicKey.ToBytes(), secret.ToBytes());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void The_whole_group_has_degenerate_values_too(int value)
    {
        var whole = new DhParameter(s_p, Samples.NonResidueOfFfdhe2048);
        Assert.Throws<StationException>(() => DhPublicKey.FromValue(whole, value < 0 ? s_p + value : value, cancellationToken: Token));
    }

    [Theory]
    [InlineData("ffdhe2048", 225)]
    [InlineData("modp3072", 275)]
    public void Exponents_have_exactly_the_length_of_RFC_7919(string group, int bits)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < 16; i++)
        {
            using DhKeyPair pair = DhKeyPair.Generate(DhGroup.Get(group).Parameter, cancellationToken: Token);
            Assert.Equal(bits, (int)new BigInteger(pair.CopyPrivateKey(), isUnsigned: true, isBigEndian: true).GetBitLength());
            Assert.True(seen.Add(Convert.ToHexString(pair.CopyPrivateKey())));
        }
    }

    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("modp2048")]
    [InlineData("X25519")]
    public void Keys_come_back_from_PEM_and_DER_plain_and_encrypted(string group)
    {
        using DhKeyPair pair = Make(group);
        DhPublicKey publicKey = DhPublicKey.Import(Encoding.ASCII.GetBytes(pair.PublicKey.ToPem()), cancellationToken: Token);
        Assert.Equal(pair.PublicKey, publicKey);
        Assert.Equal(pair.PublicKey, DhPublicKey.Import(pair.PublicKey.ToSubjectPublicKeyInfo(), cancellationToken: Token));
        foreach (DhKeyPair read in new[]
        {
            DhKeyPair.Import(pair.ExportPkcs8(), cancellationToken: Token),
            DhKeyPair.Import(pair.ExportPem(), cancellationToken: Token),
            DhKeyPair.Import(pair.ExportPem("correct horse"), "correct horse", cancellationToken: Token),
        })
        {
            Assert.Equal(pair.PublicKey, read.PublicKey);
            Assert.Equal(pair.CopyPrivateKey(), read.CopyPrivateKey());
            Assert.Equal(group, read.GroupName);
        }

        StationException wrong = Assert.Throws<StationException>(() => DhKeyPair.Import(pair.ExportPem("correct horse"), "battery", cancellationToken: Token));
        Assert.Equal(StationFault.WrongPassphrase, wrong.Fault);
    }

    public static TheoryData<string> BadExponents => ["-5", "0", "1", "q", "p-1", "p", "over-long"];

    [Theory]
    [MemberData(nameof(BadExponents))]
    public void Bad_private_values_are_refused(string what)
    {
        BigInteger value = what switch
        {
            "-5" => -5,
            "0" => 0,
            "1" => 1,
            "q" => s_p >> 1,
            "p-1" => s_p - 1,
            "p" => s_p,
            _ => BigInteger.One << 20_000,
        };

        StationException refused = Assert.Throws<StationException>(() => DhKeyPair.Import(Samples.PrivateKeyInfo(s_p, 2, value), cancellationToken: Token));
        Assert.Equal(what == "-5" ? StationFault.InvalidKey : StationFault.InvalidParameter, refused.Fault);
    }

    [Fact]
    public void Keys_of_other_algorithms_and_garbage_are_no_Diffie_Hellman_keys()
    {
        using var rsa = RSA.Create(2048);
        byte[] garbage = Encoding.ASCII.GetBytes("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => DhPublicKey.Import(rsa.ExportSubjectPublicKeyInfo(), cancellationToken: Token)).Fault);
        Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => DhPublicKey.Import(garbage, cancellationToken: Token)).Fault);
        Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => DhKeyPair.Import(rsa.ExportPkcs8PrivateKey(), cancellationToken: Token)).Fault);
        Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => DhPublicKey.Import([], cancellationToken: Token)).Fault);
    }

    [Fact]
    public void A_key_of_another_group_than_expected_is_refused_before_its_prime_is_looked_at()
    {
        byte[] info = Samples.PublicKeyInfo(s_p + 2, 2, 4);
        StationException refused = Assert.Throws<StationException>(() => DhPublicKey.Import(info, s_group, cancellationToken: Token));
        Assert.Contains("another group", refused.Message, StringComparison.Ordinal);
        using DhKeyPair x25519 = DhKeyPair.GenerateX25519();
        Assert.Throws<StationException>(() => DhPublicKey.Import(x25519.PublicKey.ToSubjectPublicKeyInfo(), s_group, cancellationToken: Token));
    }

    [Fact]
    public void Nothing_shows_the_private_key()
    {
        using DhKeyPair pair = Make("ffdhe2048");
        string secret = Convert.ToHexStringLower(pair.CopyPrivateKey());
        Assert.DoesNotContain(secret, $"{pair} {JsonSerializer.Serialize(new { pair.GroupName, Text = pair.ToString() })}", StringComparison.OrdinalIgnoreCase);
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.ExportPkcs8());
    }

    private static DhKeyPair Make(string group) => group == "X25519" ? DhKeyPair.GenerateX25519() : DhKeyPair.Generate(DhGroup.Get(group).Parameter, cancellationToken: Token);

    private static int SmallFactor(BigInteger number) => Enumerable.Range(3, 100_000).First(n => (number % n).IsZero);
}
