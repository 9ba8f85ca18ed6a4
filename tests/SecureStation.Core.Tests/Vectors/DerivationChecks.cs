using System.Formats.Asn1;
using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>Hashes, and what is derived by them: of Noise, of Diffie-Hellman secrets and of passphrases.</summary>
internal static class DerivationChecks
{
    public static string Hash(WycheproofTest test)
    {
        HashFunction hash = HashFunction.Find(test.Text("sha"))!;
        byte[] digest = new byte[hash.HashLength];
        hash.Hash(test.Bytes("msg"), digest);
        Assert.Equal(test.Bytes("digest"), digest);
        return WycheproofTest.Agrees;
    }

    /// <summary>Some tags are cut (<c>tagSize</c>).</summary>
    public static string Hmac(WycheproofTest test)
    {
        HashFunction hash = HashFunction.Find(Algorithm(test, "HMAC"))!;
        byte[] mac = new byte[hash.HashLength];
        hash.Hmac(test.Bytes("key"), test.Bytes("msg"), mac);
        return test.Expect(mac.AsSpan(0, test.Number("tagSize") / 8).SequenceEqual(test.Bytes("tag")));
    }

    /// <summary>
    /// HKDF of a Diffie-Hellman secret, where its hash can be named there; and that of Noise, which has no info and gives two or three
    /// blocks, wherever a test can be put so.
    /// </summary>
    public static string Hkdf(WycheproofTest test)
    {
        string name = Algorithm(test, "HKDF");
        byte[] salt = test.Bytes("salt"), ikm = test.Bytes("ikm"), info = test.Bytes("info");
        int size = test.Number("size");
        if (!name.StartsWith("BLAKE", StringComparison.Ordinal))
        {
            using var secret = new DhSharedSecret((byte[])ikm.Clone(), DhAlgorithm.X25519, null);
            if (!test.IsValid)
            {
                StationAssert.Fails(StationFault.InvalidArgument, () => secret.DeriveKey(size, salt, info, new HashAlgorithmName(name)));
                return WycheproofTest.Refused;
            }

            using DhDerivedKey key = secret.DeriveKey(size, salt, info, new HashAlgorithmName(name));
            Assert.Equal(test.Text("okm"), key.ToHex());
        }

        if (HashFunction.Find(name) is not { } hash || info.Length > 0 || size > 3 * hash.HashLength)
        {
            return WycheproofTest.Agrees;
        }

        byte[] outputs = new byte[3 * hash.HashLength];
        hash.Hkdf(salt, ikm, outputs.AsSpan(0, hash.HashLength), outputs.AsSpan(hash.HashLength, hash.HashLength), outputs.AsSpan(2 * hash.HashLength));
        Assert.Equal(test.Bytes("okm"), outputs[..size]);
        return "agree, by Noise's HKDF too";
    }

    /// <summary>The key of a key file's passphrase.</summary>
    public static string Pbkdf2(WycheproofTest test)
    {
        string prf = Algorithm(test, "PBKDF2-HMAC");
        if (test.Number("iterationCount") > Pbes2.MaxIterations)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => ReadParameters(test, prf, keySize: 32, iv: new byte[16]));
            return test.ExpectRefused(isTaken: false);
        }

        byte[] key = new byte[test.Number("dkLen")];
        ReadParameters(test, prf, keySize: 32, iv: new byte[16]).DeriveKey(test.Bytes("password"), key);
        return test.Expect(key.AsSpan().SequenceEqual(test.Bytes("dk")));
    }

    /// <summary>
    /// The contents are no keys, so this goes through the class that reads encrypted key files and not through whole files. Its parameters
    /// are read as DER; some passphrases are not UTF-8.
    /// </summary>
    public static string Pbes2OfKeyFiles(WycheproofTest test)
    {
        // PbeWithHmacSha256AndAes_256
        string[] names = Algorithm(test, "PbeWithHmac").Split("AndAes_");
        Pbes2 parameters = ReadParameters(test, names[0].ToUpperInvariant(), int.Parse(names[1], null) / 8, test.Bytes("iv"));
        byte[] password = test.Bytes("password");
        byte[]? message = parameters.Decrypt(password, test.Bytes("ct"));
        if (test.IsValid)
        {
            Assert.Equal(test.Bytes("ct"), parameters.Encrypt(password, test.Bytes("msg")));
        }

        return test.Expect(message is not null && message.AsSpan().SequenceEqual(test.Bytes("msg")));
    }

    // What stands in the file's "algorithm" behind its kind: HMACSHA256, HKDF-SHA-256, PBKDF2-HMACSHA256.
    private static string Algorithm(WycheproofTest test, string kind) => test.Algorithm[kind.Length..].Replace("-", "", StringComparison.Ordinal);

    // PBES2-params of RFC 8018, A.4; written here, because our own code writes only what it uses.
    private static Pbes2 ReadParameters(WycheproofTest test, string prf, int keySize, byte[] iv)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(KeyOids.Pbes2);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(KeyOids.Pbkdf2);
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(test.Bytes("salt"));
                        writer.WriteInteger(test.Number("iterationCount"));
                        using (writer.PushSequence())
                        {
                            writer.WriteObjectIdentifier(prf switch
                            {
                                "SHA1" => KeyOids.HmacWithSha1,
                                "SHA384" => KeyOids.HmacWithSha384,
                                "SHA512" => KeyOids.HmacWithSha512,
                                _ => KeyOids.HmacWithSha256,
                            });
                            writer.WriteNull();
                        }
                    }
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(keySize switch { 16 => KeyOids.Aes128Cbc, 24 => KeyOids.Aes192Cbc, _ => KeyOids.Aes256Cbc });
                    writer.WriteOctetString(iv);
                }
            }
        }

        return Pbes2.Read(new AsnReader(writer.Encode(), AsnEncodingRules.DER).ReadSequence());
    }
}
