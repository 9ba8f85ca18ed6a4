using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.Tests.Chat;

public class TextbookRsaTests
{
    [Fact]
    public void Long_to_bytes_drops_leading_zeros()
    {
        foreach (JsonElement c in ChatVectors.Root.GetProperty("long_to_bytes").EnumerateArray())
        {
            byte[] number = BigInteger.Parse("0" + c.Text("number"), NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
            Assert.Equal(c.Hex("hex"), LongToBytes.Of([0, 0, .. number]));
        }
    }

    [Fact]
    public void Encrypts_and_decrypts_like_py_crypto()
    {
        TextbookRsaKeyPair key = Key();
        foreach (JsonElement c in ChatVectors.Root.GetProperty("chat_handshake").EnumerateArray())
        {
            byte[] ciphertext = key.PublicKey.Encrypt(c.Hex("inner"));
            Assert.Equal(c.Text("wire_literal"), Encoding.ASCII.GetString(PythonTuple.Write(ciphertext)));
            Assert.Equal(c.Hex("decrypted_by_client"), key.Decrypt(ciphertext));
        }

        // A ciphertext that begins with zero is sent shorter, and is the same number.
        byte[] value = [2, 0];
        while (key.PublicKey.Encrypt(value).Length == 128)
        {
            value[1]++;
        }

        byte[] shorter = key.PublicKey.Encrypt(value);
        Assert.Equal(value, key.Decrypt(shorter));
        Assert.Equal(value, key.Decrypt([0, .. shorter]));
    }

    [Fact]
    public void Writes_the_public_key_like_py_crypto()
    {
        TextbookRsaKeyPair key = Key();
        Assert.Equal(Encoding.ASCII.GetString(ChatVectors.PublicPem), Encoding.ASCII.GetString(key.PublicPem));
        Assert.Equal(271, key.PublicPem.Length);
        Assert.Equal(1024, TextbookRsaPublicKey.FromPem(key.PublicPem).Size);
    }

    [Theory]
    [InlineData(0, 1024, 271)]
    [InlineData(2048, 2048, 450)]
    public void Makes_keys_of_the_size_asked_for(int keySize, int expected, int pemLength)
    {
        TextbookRsaKeyPair key = TextbookRsaKeyPair.Generate(keySize);
        Assert.Equal(expected, key.PublicKey.Size);
        Assert.Equal(pemLength, key.PublicPem.Length);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1000)]
    [InlineData(1100)]
    [InlineData(4352)]
    [InlineData(-1)]
    public void Refuses_other_sizes(int keySize) =>
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => TextbookRsaKeyPair.Generate(keySize)).Fault);

    [Fact]
    public void Refuses_numbers_that_are_not_below_the_modulus()
    {
        TextbookRsaKeyPair key = TextbookRsaKeyPair.Generate(0);
        byte[] tooLarge = new byte[128];
        tooLarge.AsSpan().Fill(0xFF);
        Assert.Throws<FormatException>(() => key.Decrypt(tooLarge));
        Assert.Throws<FormatException>(() => key.Decrypt(new byte[200].Select(static _ => (byte)1).ToArray()));
    }

    [Fact]
    public void Refuses_public_keys_that_are_none()
    {
        using RSA small = OfSize(512);
        using RSA large = OfSize(4608);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] good = TextbookRsaKeyPair.Generate(0).PublicPem;
        foreach (byte[] bad in (byte[][])[
            PublicKeyPem.Write(small.ExportSubjectPublicKeyInfo()),
            PublicKeyPem.Write(large.ExportSubjectPublicKeyInfo()),
            PublicKeyPem.Write(ec.ExportSubjectPublicKeyInfo()),
            PublicKeyPem.Write([]),
            PublicKeyPem.Write([0x30, 0x80, 0x30, 0x80]),
            [.. good[..40], (byte)'!', .. good[41..]],
            good[..^30],
            []])
        {
            Assert.Throws<FormatException>(() => TextbookRsaPublicKey.FromPem(bad));
        }

        Assert.Equal(1024, TextbookRsaPublicKey.FromPem(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(good).Replace("\n", "\r\n", StringComparison.Ordinal))).Size);
    }

    [Fact]
    public void Reads_a_key_file_but_never_one_of_a_key_store()
    {
        string folder = Directory.CreateTempSubdirectory("legacy-key").FullName;
        try
        {
            using var rsa = RSA.Create(2048);
            string own = Path.Combine(folder, "own.pem");
            File.WriteAllText(own, rsa.ExportRSAPrivateKeyPem());
            Assert.Equal(2048, TextbookRsaKeyPair.FromFile(own).PublicKey.Size);

            string store = Path.Combine(folder, "keys");
            using StationKeyPair stored = StationKeyPair.Generate(StationKeyAlgorithm.Rsa, 2048);
            new KeyStore(store).Save("alice", stored);
            StationException refused = Assert.Throws<StationException>(() => TextbookRsaKeyPair.FromFile(Path.Combine(store, "alice.pem")));
            Assert.Equal(StationFault.InvalidKey, refused.Fault);
            Assert.Contains("key store", refused.Message, StringComparison.Ordinal);

            Assert.Equal(StationFault.NotFound, Assert.Throws<StationException>(() => TextbookRsaKeyPair.FromFile(Path.Combine(folder, "none.pem"))).Fault);
            File.WriteAllText(own, "no key");
            Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => TextbookRsaKeyPair.FromFile(own)).Fault);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Only the public half, so that no primes need to be found.
    private static RSA OfSize(int bits)
    {
        byte[] modulus = RandomNumberGenerator.GetBytes(bits / 8);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        return RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [1, 0, 1] });
    }

    private static TextbookRsaKeyPair Key() => TextbookRsaKeyPair.FromPem(ChatVectors.PrivatePem, "vectors");
}
