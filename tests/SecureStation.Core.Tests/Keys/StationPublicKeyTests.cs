using System.Diagnostics;
using System.Formats.Asn1;
using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Keys;

public class StationPublicKeyTests
{
    public static TheoryData<StationKeyAlgorithm> Algorithms => [.. Enum.GetValues<StationKeyAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Keeps_its_bytes(StationKeyAlgorithm algorithm)
    {
        StationPublicKey key = NewKey(algorithm);

        Assert.Equal(key, StationPublicKey.FromSubjectPublicKeyInfo(key.ToBytes()));
        Assert.Equal(key, StationPublicKey.FromPem(key.ToPem()));
        Assert.Equal(Fingerprint.Of(key.ToBytes()), key.Fingerprint);
        Assert.Equal(algorithm, key.Algorithm);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Refuses_every_cut_and_trailing_bytes(StationKeyAlgorithm algorithm)
    {
        byte[] spki = NewKey(algorithm).ToBytes();
        for (int length = 0; length < spki.Length; length++)
        {
            Refuses(spki[..length]);
        }

        Refuses([.. spki, 0]);

        // Trailing bytes inside the outer SEQUENCE.
        byte[] inside = [.. spki, 5, 0];
        int lengthAt = spki[1] < 0x80 ? 1 : (spki[1] & 0x7f) + 1;
        inside[lengthAt] += 2;
        Refuses(inside);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Never_fails_in_another_way_on_flipped_bits(StationKeyAlgorithm algorithm)
    {
        // Some changes make another good key; every other one has to be refused with the one typed error.
        byte[] spki = NewKey(algorithm).ToBytes();
        for (int bit = 0; bit < Math.Min(spki.Length, 120) * 8; bit++)
        {
            byte[] changed = (byte[])spki.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(changed, StationPublicKey.FromSubjectPublicKeyInfo(changed).ToBytes());
            }
            catch (StationException e)
            {
                Assert.Equal(StationFault.InvalidKey, e.Fault);
            }
        }
    }

    [Fact]
    public void Refuses_explicit_curve_parameters() =>
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromPem(BadKeys.ExplicitCurvePublic));

    [Fact]
    public void Refuses_other_curves()
    {
        foreach (ECCurve curve in new[] { ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521, ECCurve.NamedCurves.brainpoolP256r1 })
        {
            using ECDsa ecdsa = ECDsa.Create(curve);
            Refuses(ecdsa.ExportSubjectPublicKeyInfo());
        }
    }

    [Fact]
    public void Refuses_points_that_are_not_on_the_curve_or_compressed()
    {
        byte[] spki = NewKey(StationKeyAlgorithm.EcdsaP256).ToBytes();
        byte[] offCurve = (byte[])spki.Clone();
        offCurve[^1] ^= 1;
        Refuses(offCurve);

        // Header of 26 bytes, 04, x (32 bytes), y (32 bytes): compressed, y becomes its parity in the first byte.
        byte[] compressed = [.. spki.AsSpan(0, 26), (byte)(2 | (spki[^1] & 1)), .. spki.AsSpan(27, 32)];
        compressed[1] -= 32;
        compressed[24] -= 32;
        Refuses(compressed);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2040)]
    [InlineData(16384)]
    public void Refuses_rsa_of_other_sizes(int bits)
    {
        var modulus = new byte[bits / 8];
        Array.Fill(modulus, (byte)0xff);
        Refuses(RsaSpki(modulus, [1, 0, 1]));
    }

    [Fact]
    public void Refuses_rsa_with_other_exponents()
    {
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromPem(BadKeys.RsaExponent3Public));

        byte[] modulus = RandomNumberGenerator.GetBytes(256);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        Assert.Equal(2048, StationPublicKey.FromSubjectPublicKeyInfo(RsaSpki(modulus, [1, 0, 1])).KeySize);
        Refuses(RsaSpki(modulus, [1]));
        Refuses(RsaSpki(modulus, [1, 0, 0, 0, 1]));
        modulus[^1] &= 0xfe;
        Refuses(RsaSpki(modulus, [1, 0, 1]));
    }

    [Fact]
    public void Refuses_other_kinds_of_keys()
    {
        // X25519 (1.3.101.110), which differs from Ed25519 in one byte.
        byte[] x25519 = NewKey(StationKeyAlgorithm.Ed25519).ToBytes();
        x25519[8] = 0x6e;
        StationException e = StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(x25519));
        Assert.Contains("1.3.101.110", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_deeply_nested_der_quickly()
    {
        long start = Stopwatch.GetTimestamp();
        byte[] nested = [];
        while (nested.Length < 1800)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(nested.Length == 0 ? [5, 0] : nested);
            }

            nested = writer.Encode();
        }

        Refuses(nested);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
    }

    [Fact]
    public void Refuses_random_bytes_and_too_many()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            Refuses(bytes);
        }

        Refuses(new byte[100_000]);
    }

    internal static StationPublicKey NewKey(StationKeyAlgorithm algorithm)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm, algorithm == StationKeyAlgorithm.Rsa ? 2048 : 0);
        return keyPair.PublicKey;
    }

    private static void Refuses(byte[] spki) =>
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(spki));

    private static byte[] RsaSpki(byte[] modulus, byte[] exponent)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteIntegerUnsigned(exponent);
        }

        var spki = new AsnWriter(AsnEncodingRules.DER);
        using (spki.PushSequence())
        {
            using (spki.PushSequence())
            {
                spki.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                spki.WriteNull();
            }

            spki.WriteBitString(key.Encode());
        }

        return spki.Encode();
    }
}
