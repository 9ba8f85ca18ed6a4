using System.Text;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Noise.Primitives;

/// <summary>The RFCs' own examples of every primitive, so that these tests mean something where Wycheproof's files are not at hand.</summary>
public class KnownAnswerTests
{
    [Theory] // RFC 7748, section 5.2
    [InlineData("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void X25519_of_RFC_7748(string privateKey, string publicKey, string sharedSecret)
    {
        foreach (X25519PrivateKey key in X25519Libraries.Import(Hex(privateKey)))
        {
            byte[] result = new byte[32];
            X25519.ComputeSharedSecret(key, Hex(publicKey), result);
            Assert.Equal(Hex(sharedSecret), result);
            key.Dispose();
        }
    }

    [Fact] // RFC 7748, section 5.2: k, u = X25519(k, u), k, from the base point on
    public void X25519_iterated_of_RFC_7748()
    {
        byte[] k = [9, .. new byte[31]], u = [9, .. new byte[31]];
        for (int i = 1; i <= 1000; i++)
        {
            byte[] result = new byte[32];
            X25519.ComputeSharedSecret(k, u, result);
            (k, u) = (result, k);
            if (i == 1)
            {
                Assert.Equal(Hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"), k);
            }
        }

        Assert.Equal(Hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"), k);
    }

    [Fact]
    public void X25519_public_keys_are_multiples_of_9()
    {
        byte[] basePoint = [9, .. new byte[31]];
        for (int i = 0; i < 20; i++)
        {
            byte[] privateKey = new byte[32], publicKey = new byte[32], product = new byte[32];
            X25519.GeneratePrivateKey(privateKey);
            X25519.ComputePublicKey(privateKey, publicKey);
            foreach (X25519PrivateKey key in X25519Libraries.Import(privateKey))
            {
                X25519.ComputeSharedSecret(key, basePoint, product);
                Assert.Equal(product, publicKey);
                key.GetPublicKey(product);
                Assert.Equal(publicKey, product);
                key.Dispose();
            }
        }
    }

    [Fact] // McGrew and Viega's test case 14
    public void Aes_gcm()
    {
        using AeadCipher cipher = AeadCipher.Create("AESGCM", new byte[32]);
        byte[] sealedText = new byte[32];
        cipher.Encrypt(0, [], new byte[16], sealedText.AsSpan(0, 16), sealedText.AsSpan(16));
        Assert.Equal(Hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"), sealedText);
    }

    [Theory] // RFC 8439, section 2.8.2
    [InlineData(false)]
    [InlineData(true)]
    public void ChaCha20_poly1305_of_RFC_8439(bool byBouncyCastle)
    {
        Assert.SkipUnless(byBouncyCastle || System.Security.Cryptography.ChaCha20Poly1305.IsSupported, "The platform has no ChaCha20-Poly1305.");
        byte[] key = [.. Enumerable.Range(0x80, 32).Select(i => (byte)i)];
        byte[] plaintext = Encoding.ASCII.GetBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        byte[] ciphertext = new byte[plaintext.Length], tag = new byte[16];
        using AeadCipher cipher = byBouncyCastle ? new BouncyCastleChaChaPolyCipher(key) : new ChaChaPolyCipher(key);
        cipher.Seal(Hex("070000004041424344454647"), Hex("50515253c0c1c2c3c4c5c6c7"), plaintext, ciphertext, tag);
        Assert.Equal(Hex("1ae10b594f09e26a7e902ecbd0600691"), tag);
        Assert.Equal(Hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"), ciphertext);
    }

    [Theory] // FIPS 180-4 and RFC 7693, appendices A and B
    [InlineData("SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("SHA512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")]
    [InlineData("BLAKE2s", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982")]
    [InlineData("BLAKE2b", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    public void Hash_of_abc(string name, string expected)
    {
        byte[] result = new byte[expected.Length / 2];
        HashFunction.Find(name)!.Hash("abc"u8, result);
        Assert.Equal(Hex(expected), result);
    }

    [Theory] // RFC 4231, test cases 1, 2 and 6; for BLAKE2 the same inputs, computed with Python's hmac
    [InlineData("SHA256", 1, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("SHA256", 2, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("SHA256", 6, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    [InlineData("SHA512", 1, "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854")]
    [InlineData("SHA512", 2, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    [InlineData("SHA512", 6, "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598")]
    [InlineData("BLAKE2s", 1, "65a8b7c5cc9136d424e82c37e2707e74e913c0655b99c75f40edf387453a3260")]
    [InlineData("BLAKE2s", 2, "90b6281e2f3038c9056af0b4a7e763cae6fe5d9eb4386a0ec95237890c104ff0")]
    [InlineData("BLAKE2s", 6, "d23d79394f53d536a096e6514447eeaabb05ded01be32c1937da6a8f7103bc4e")]
    [InlineData("BLAKE2b", 1, "358a6a184924894fc34bee5680eedf57d84a37bb38832f288e3b27dc63a98cc8c91e76da476b508bc6b2d408a248857452906e4a20b48c6b4b55d2df0fe1dd24")]
    [InlineData("BLAKE2b", 2, "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643b8807c1335d107ecdb9ffeaeb6828c4625ba172c66379efcd222c2de11727ab4")]
    [InlineData("BLAKE2b", 6, "a54b2943b2a20227d41ca46c0945af09bc1faefb2f49894c23aebc557fb79c4889dca74408dc865086667aedee4a3185c53a49c80b814c4c5813ea0c8b38a8f8")]
    public void Hmac_of_RFC_4231(string name, int testCase, string expected)
    {
        (byte[] key, string data) = testCase switch
        {
            1 => (Enumerable.Repeat((byte)0x0b, 20).ToArray(), "Hi There"),
            2 => ("Jefe"u8.ToArray(), "what do ya want for nothing?"),
            _ => (Enumerable.Repeat((byte)0xaa, 131).ToArray(), "Test Using Larger Than Block-Size Key - Hash Key First"),
        };
        byte[] result = new byte[expected.Length / 2];
        HashFunction.Find(name)!.Hmac(key, Encoding.ASCII.GetBytes(data), result);
        Assert.Equal(Hex(expected), result);
    }

    [Fact] // RFC 5869, test case 3: no salt, no info
    public void Hkdf_of_RFC_5869()
    {
        byte[] outputs = new byte[64];
        HashFunction.Find("SHA256")!.Hkdf([], Enumerable.Repeat((byte)0x0b, 22).ToArray(), outputs.AsSpan(0, 32), outputs.AsSpan(32));
        Assert.Equal(Hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"), outputs[..42]);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
