using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>The AEADs of Noise.</summary>
internal static class CipherChecks
{
    /// <summary>AES-256-GCM. The shorter keys, which Noise does not take, are refused; the cipher below that is checked with them all the same.</summary>
    public static string AesGcm(WycheproofTest test)
    {
        byte[] key = test.Bytes("key");
        if (key.Length != AeadCipher.KeyLength)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => AeadCipher.Create("AESGCM", key));
        }

        return Check(test, new AesGcmCipher(key));
    }

    /// <summary>ChaCha20-Poly1305 of the platform, where it has one, and of BouncyCastle.</summary>
    public static string ChaChaPoly(WycheproofTest test)
    {
        string outcome = Check(test, new BouncyCastleChaChaPolyCipher(test.Bytes("key")));
        if (ChaCha20Poly1305.IsSupported)
        {
            Assert.Equal(outcome, Check(test, new ChaChaPolyCipher(test.Bytes("key"))));
        }

        return outcome;
    }

    private static string Check(WycheproofTest test, AeadCipher cipher)
    {
        byte[] nonce = test.Bytes("iv"), aad = test.Bytes("aad"), plaintext = test.Bytes("msg"), ciphertext = test.Bytes("ct"), tag = test.Bytes("tag");
        byte[] result = new byte[ciphertext.Length], resultTag = new byte[tag.Length];
        using (cipher)
        {
            if (nonce.Length != AeadCipher.NonceLength)
            {
                Assert.ThrowsAny<ArgumentException>(() => cipher.Seal(nonce, aad, plaintext, result, resultTag));
                Assert.ThrowsAny<ArgumentException>(() => cipher.Open(nonce, aad, ciphertext, tag, result));
                return test.ExpectRefused(isTaken: false);
            }

            if (!test.IsValid)
            {
                result.AsSpan().Fill(0xAA);
                Assert.ThrowsAny<CryptographicException>(() => cipher.Open(nonce, aad, ciphertext, tag, result));
                Assert.All(result, octet => Assert.Equal(0, octet));
                return WycheproofTest.Refused;
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
            return WycheproofTest.Agrees;
        }
    }
}
