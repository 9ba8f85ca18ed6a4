using System.Numerics;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Keys;

public class Ed25519Tests
{
    private static readonly BigInteger s_p = BigInteger.Pow(2, 255) - 19;

    // RFC 8032, 7.1: tests 1, 2, 3 and SHA(abc).
    public static TheoryData<string, string, string, string> Rfc8032 => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    // The 8 points of small order in their canonical encodings (the same list stands in libsodium's and in dalek's tests).
    public static TheoryData<string> SmallOrder =>
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ];

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void Agrees_with_rfc8032(string seedHex, string publicKeyHex, string messageHex, string signatureHex)
    {
        byte[] seed = Convert.FromHexString(seedHex);
        byte[] publicKey = Convert.FromHexString(publicKeyHex);
        byte[] message = Convert.FromHexString(messageHex);
        byte[] signature = Convert.FromHexString(signatureHex);

        Assert.Equal(publicKey, Ed25519.PublicKeyOf(seed));
        Assert.Equal(signature, Ed25519.Sign(seed, message));
        Assert.True(Ed25519.Verify(publicKey, message, signature));
        Assert.False(Ed25519.Verify(publicKey, [.. message, 0], signature));
    }

    [Theory]
    [MemberData(nameof(SmallOrder))]
    public void Refuses_public_keys_of_small_order(string publicKeyHex)
    {
        byte[] publicKey = Convert.FromHexString(publicKeyHex);

        Assert.False(Ed25519.IsAcceptable(publicKey));
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(Spki(publicKey)));
    }

    [Theory]
    [MemberData(nameof(SmallOrder))]
    public void Refuses_forgeries_under_public_keys_of_small_order(string publicKeyHex)
    {
        // With S = 0 and R each of the small points in turn, the equation [S]B = R + [k]A holds for some messages without any private key.
        byte[] publicKey = Convert.FromHexString(publicKeyHex);
        foreach (string r in SmallOrder.Select(row => row.Data))
        {
            byte[] signature = [.. Convert.FromHexString(r), .. new byte[32]];
            for (byte i = 0; i < 16; i++)
            {
                Assert.False(Ed25519.Verify(publicKey, [i], signature));
            }
        }
    }

    [Fact]
    public void Refuses_encodings_that_are_not_canonical()
    {
        // y from p to 2^255 - 1, with either sign, and "minus zero" for x at y = 1 and y = -1.
        var encodings = new List<byte[]>();
        for (BigInteger y = s_p; y < BigInteger.Pow(2, 255); y++)
        {
            encodings.Add(Encode(y, sign: false));
            encodings.Add(Encode(y, sign: true));
        }

        encodings.Add(Encode(BigInteger.One, sign: true));
        encodings.Add(Encode(s_p - 1, sign: true));

        Assert.Equal((2 * 19) + 2, encodings.Count);
        Assert.All(encodings, encoding =>
        {
            Assert.False(Ed25519.IsAcceptable(encoding));
            StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(Spki(encoding)));
        });
    }

    [Fact]
    public void Refuses_what_is_not_a_point_of_the_curve()
    {
        // y = 2: (y² - 1) / (dy² + 1) is no square.
        Assert.False(Ed25519.IsAcceptable(Encode(2, sign: false)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Refuses_other_lengths(int length)
    {
        Assert.False(Ed25519.IsAcceptable(new byte[length]));
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(Spki(new byte[length])));
    }

    private static byte[] Encode(BigInteger y, bool sign)
    {
        var encoded = new byte[32];
        Assert.True(y.TryWriteBytes(encoded, out _, isUnsigned: true));
        encoded[31] |= (byte)(sign ? 0x80 : 0);
        return encoded;
    }

    // RFC 8410, 4: the header, then the key as it is.
    private static byte[] Spki(byte[] publicKey) =>
        [0x30, (byte)(publicKey.Length + 10), 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, (byte)(publicKey.Length + 1), 0, .. publicKey];
}
