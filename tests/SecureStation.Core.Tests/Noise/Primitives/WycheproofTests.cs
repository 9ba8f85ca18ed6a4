using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Noise.Primitives;

/// <summary>Wycheproof's tests of every primitive that Noise uses; what is wanted of each stands in the vectors' README.</summary>
public class WycheproofTests(ITestOutputHelper output)
{
    private const string Agrees = "give the published value";
    private const string Refused = "refused";
    private const string NotTaken = "of a size that is not taken, refused";

    [Fact]
    public void X25519_raw() => Wycheproof.Run("x25519_test.json", output, CheckAgreement);

    [Fact]
    public void Aes_gcm() => Wycheproof.Run("aes_gcm_test.json", output, test =>
    {
        if (test.Number("keySize") != 256)
        {
            // Noise has AES-256 alone; the platform's cipher under it is checked with the other sizes all the same.
            Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => AeadCipher.Create("AESGCM", test.Bytes("key"))).Fault);
        }

        return CheckAead(test, key => new AesGcmCipher(key));
    });

    [Fact]
    public void ChaCha20_poly1305()
    {
        Assert.SkipUnless(ChaCha20Poly1305.IsSupported, "The platform has no ChaCha20-Poly1305.");
        Wycheproof.Run("chacha20_poly1305_test.json", output, test => CheckAead(test, key => new ChaChaPolyCipher(key)));
    }

    [Fact]
    public void ChaCha20_poly1305_of_BouncyCastle()
        => Wycheproof.Run("chacha20_poly1305_test.json", output, test => CheckAead(test, key => new BouncyCastleChaChaPolyCipher(key)));

    [Theory]
    [InlineData("hmac_sha256_test.json", "SHA256")]
    [InlineData("hmac_sha512_test.json", "SHA512")]
    public void Hmac(string file, string name) => Wycheproof.Run(file, output, test =>
    {
        HashFunction hash = HashFunction.Find(name)!;
        byte[] mac = new byte[hash.HashLength];
        hash.Hmac(test.Bytes("key"), test.Bytes("msg"), mac);
        Assert.Equal(test.IsValid, mac.AsSpan(0, test.Number("tagSize") / 8).SequenceEqual(test.Bytes("tag")));
        return test.IsValid ? Agrees : Refused;
    });

    /// <summary>
    /// Noise's HKDF has no info and gives two or three blocks; it is checked wherever a test can be put so. HKDF-Expand with info
    /// (<c>TransportState.Export</c>) is the platform's; all tests are run through Noise's Extract (HMAC of the salt) and that.
    /// </summary>
    [Theory]
    [InlineData("hkdf_sha256_test.json", "SHA256")]
    [InlineData("hkdf_sha512_test.json", "SHA512")]
    public void Hkdf(string file, string name)
    {
        HashFunction hash = HashFunction.Find(name)!;
        int byNoise = 0;
        Wycheproof.Run(file, output, test =>
        {
            byte[] salt = test.Bytes("salt"), ikm = test.Bytes("ikm"), info = test.Bytes("info");
            byte[] pseudorandomKey = new byte[hash.HashLength];
            hash.Hmac(salt, ikm, pseudorandomKey);
            var algorithm = new HashAlgorithmName(name);
            if (!test.IsValid)
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => HKDF.Expand(algorithm, pseudorandomKey, test.Number("size"), info));
                return Refused;
            }

            Assert.Equal(test.Bytes("okm"), HKDF.Expand(algorithm, pseudorandomKey, test.Number("size"), info));
            if (info.Length == 0 && test.Number("size") <= 3 * hash.HashLength)
            {
                byte[] outputs = new byte[3 * hash.HashLength];
                hash.Hkdf(salt, ikm, outputs.AsSpan(0, hash.HashLength), outputs.AsSpan(hash.HashLength, hash.HashLength), outputs.AsSpan(2 * hash.HashLength));
                Assert.Equal(test.Bytes("okm"), outputs[..test.Number("size")]);
                byNoise++;
            }

            return Agrees;
        });
        output.WriteLine($"{file}: {byNoise} of them by Noise's HKDF");
    }

    private static string CheckAgreement(Wycheproof test)
    {
        string[] verdicts = [.. X25519Libraries.Import(test.Bytes("private")).Select(key =>
        {
            using (key)
            {
                return CheckAgreement(test, key, test.Bytes("public"));
            }
        })];
        return Assert.Single(verdicts.Distinct());
    }

    private static string CheckAgreement(Wycheproof test, X25519PrivateKey privateKey, byte[] publicKey)
    {
        byte[] shared = new byte[X25519.KeyLength];
        if (test.HasFlag("LowOrderPublic") || test.HasFlag("ZeroSharedSecret"))
        {
            Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => X25519.ComputeSharedSecret(privateKey, publicKey, shared)).Fault);
            return Refused;
        }

        X25519.ComputeSharedSecret(privateKey, publicKey, shared);
        Assert.Equal(test.Bytes("shared"), shared);
        return Agrees;
    }

    private static string CheckAead(Wycheproof test, Func<byte[], AeadCipher> create)
    {
        byte[] nonce = test.Bytes("iv"), aad = test.Bytes("aad"), plaintext = test.Bytes("msg"), ciphertext = test.Bytes("ct"), tag = test.Bytes("tag");
        byte[] result = new byte[plaintext.Length], resultTag = new byte[tag.Length];
        using AeadCipher cipher = create(test.Bytes("key"));
        if (nonce.Length != AeadCipher.NonceLength)
        {
            Assert.ThrowsAny<ArgumentException>(() => cipher.Seal(nonce, aad, plaintext, result, resultTag));
            Assert.ThrowsAny<ArgumentException>(() => cipher.Open(nonce, aad, ciphertext, tag, result));
            return NotTaken;
        }

        if (!test.IsValid)
        {
            result.AsSpan().Fill(0xAA);
            Assert.ThrowsAny<CryptographicException>(() => cipher.Open(nonce, aad, ciphertext, tag, result));
            Assert.All(result, octet => Assert.Equal(0, octet));
            return Refused;
        }

        cipher.Seal(nonce, aad, plaintext, result, resultTag);
        Assert.Equal(ciphertext, result);
        Assert.Equal(tag, resultTag);
        cipher.Open(nonce, aad, ciphertext, tag, result);
        Assert.Equal(plaintext, result);

        // In place.
        cipher.Seal(nonce, aad, result, result, resultTag);
        Assert.Equal(ciphertext, result);
        cipher.Open(nonce, aad, result, tag, result);
        Assert.Equal(plaintext, result);
        return Agrees;
    }
}
