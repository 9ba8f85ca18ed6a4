using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace SecureStation.Core.Tests.DiffieHellman;

/// <summary>Numbers made with <c>openssl prime</c>, and files made by hand.</summary>
internal static class Samples
{
    /// <summary>A safe prime, 7 mod 8.</summary>
    internal static readonly BigInteger SafePrime512 = Hex(
        "E11AE9E609D3678A2342485F67406D4729ACB65DA75BF4CF22E38239249E2C39FD415D004B610E77CE4E207CEFC326D6399FF8E645C49737EDFDC96487E1181F");

    internal static readonly BigInteger Prime1024 = Hex(
        "EB4F99F659C428147EEEA4EAAB4741D65292FFBF0DDDF870882A3595FAA74644E54B5AF4E353E9AEFAB561CDDCEF0D071712E35CBA6F7A8DE595FBA1B7CF1028" +
        "4EA2B4C9F734F394FDF1DFF768023026656C8EDD4917590078FAC62A1946A6DB78EE2E12261CD78345218347FA7FBAFF5B5AAA50005AE56A5FC45D95CB70F965");

    internal static readonly BigInteger UnsafePrime2048 = Hex(
        "E7AB50BF92AFE1E94AD38466E7501A19D63E43723D979425A3F3DD306D692CA29792AE2E02740F18DCE59714279DCAFFA4CFCB399555727E6EA1B658CDDE2F39" +
        "C4A7E141B6F70D24F796A2C9E1D73A9D6FE356729C0954E0216E9216C79EB1340880A3B219533BF47A85F229A3D7179932E78076A4E6609112F123B168126C0B" +
        "680EE08CAC7C353622FC28A4B7CDDFBD1AA2B315D1EEBB952CE7AA6DAA707150B550E7C82363AC3FBFB0382D58C725C669F90534846711A2793279F14ED1BF27" +
        "A905B93BF0B3B13D5795D487378277216D27EF5C6A99892FFF535167321EE08D81DE4F0266A35B04AABCC1E2BD92BC53B02AF041875F82EF155F49220C1550A1");

    /// <summary>A prime p whose (p − 1) / 2 is composite but has no factor below 2^16: trial division does not find it out.</summary>
    internal static readonly BigInteger SubtlyUnsafePrime2048 = Hex(
        "EFAC7C9D936F9295DBA64730934A649C436D81F71BBB1219E06E38368445134D55C4AAF5C104B26E6FFE47B13D29EFDD27D12C70F82B0FC0FD6B7554CC8B30A4" +
        "458CD49F67F1D6E4E0890A6FB5B504F4CB956C55164148D6B893B56B9B361CFD9AC4A32AAB878862B26DBA68A9DE45B3E9CACECF6950A2DB96215F46A0A0CB51" +
        "DC967621FFE35E9C0F0DB6C1CED48D0A8028B527DE8311A8382B5797D8991D3DF44926C92582A0CA88EC447B1B7D142533A74E8F7E5234D9B99B1D6148456C9B" +
        "B7ED2D34174D36CD1F520199B44032327A5817E7DD48CE1D4820D615C66167D3FC63F7A4A815615011D6D21B11B5AD46AF9C3B4740A2C6AD8B1CFDB9632C0533");

    /// <summary>p of RFC 5114, 2.3: 2048 bits, with a subgroup of a prime order of 256 bits.</summary>
    internal static readonly BigInteger Rfc5114Prime = Hex(
        "87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA3016C3D91134096FAA3BF4296D830E9A7C" +
        "209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76" +
        "B63ACAE1CAA6B7902D52526735488A0EF13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026" +
        "C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103A4B54330C198AF126116D2276E11715F693877FAD7EF09CADB094AE91E1A1597");

    /// <summary>The order q of that subgroup.</summary>
    internal static readonly BigInteger Rfc5114Order = Hex("8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3");

    internal const int NonResidueOfFfdhe2048 = 7;

    internal static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    internal static string X942Pem(BigInteger p, BigInteger g, BigInteger q)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(p);
            writer.WriteInteger(g);
            writer.WriteInteger(q);
        }

        return PemEncoding.WriteString("X9.42 DH PARAMETERS", writer.Encode());
    }

    /// <summary>A SubjectPublicKeyInfo with dhKeyAgreement and any value at all.</summary>
    internal static byte[] PublicKeyInfo(BigInteger p, BigInteger g, BigInteger y)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        value.WriteInteger(y);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteAlgorithm(writer, p, g);
            writer.WriteBitString(value.Encode());
        }

        return writer.Encode();
    }

    /// <summary>A PrivateKeyInfo with dhKeyAgreement and any exponent at all.</summary>
    internal static byte[] PrivateKeyInfo(BigInteger p, BigInteger g, BigInteger x)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        value.WriteInteger(x);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteAlgorithm(writer, p, g);
            writer.WriteOctetString(value.Encode());
        }

        return writer.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer, BigInteger p, BigInteger g)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.113549.1.3.1");
            using (writer.PushSequence())
            {
                writer.WriteInteger(p);
                writer.WriteInteger(g);
            }
        }
    }
}
