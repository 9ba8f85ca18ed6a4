using System.Formats.Asn1;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Noise.Primitives;

public class X25519KeyEncodingTests
{
    private const string SpkiPrefix = "302a300506032b656e032100";
    private const string Pkcs8Prefix = "302e020100300506032b656e04220420";

    private static readonly byte[] s_private = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] s_public = NoiseKeyPair.FromPrivateKey(s_private).PublicKey.ToArray();

    [Fact]
    public void Writes_what_OpenSSL_writes()
    {
        Assert.Equal(SpkiPrefix + Convert.ToHexStringLower(s_public), Convert.ToHexStringLower(X25519KeyEncoding.WritePublicKey(s_public)));
        Assert.Equal(Pkcs8Prefix + Convert.ToHexStringLower(s_private), Convert.ToHexStringLower(X25519KeyEncoding.WritePrivateKey(s_private)));
    }

    [Fact]
    public void Reads_what_it_writes()
    {
        Assert.Equal(s_public, X25519KeyEncoding.ReadPublicKey(X25519KeyEncoding.WritePublicKey(s_public)));
        Assert.Equal(s_private, X25519KeyEncoding.ReadPrivateKey(X25519KeyEncoding.WritePrivateKey(s_private)));
    }

    [Fact]
    public void Reads_attributes_and_the_public_key_of_RFC_5958()
        => Assert.Equal(s_private, X25519KeyEncoding.ReadPrivateKey(OneAsymmetricKey(1, s_public)));

    [Fact]
    public void Refuses_another_public_key_beside_the_private_one()
        => Refuses(() => X25519KeyEncoding.ReadPrivateKey(OneAsymmetricKey(1, s_private)));

    [Fact]
    public void Refuses_a_public_key_in_version_0_and_unknown_versions()
    {
        Refuses(() => X25519KeyEncoding.ReadPrivateKey(OneAsymmetricKey(0, s_public)));
        Refuses(() => X25519KeyEncoding.ReadPrivateKey(OneAsymmetricKey(2, s_public)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData(SpkiPrefix)]
    [InlineData(SpkiPrefix + "00")] // short
    [InlineData("302a300506032b6570032100" + "0101010101010101010101010101010101010101010101010101010101010101")] // Ed25519
    [InlineData("302c300706032b656e0500032100" + "0101010101010101010101010101010101010101010101010101010101010101")] // NULL parameters
    [InlineData(SpkiPrefix + "0101010101010101010101010101010101010101010101010101010101010101" + "00")] // trailing
    [InlineData("3080300506032b656e032100" + "0101010101010101010101010101010101010101010101010101010101010101" + "0000")] // BER
    [InlineData("302a300506032b656e032101" + "0101010101010101010101010101010101010101010101010101010101010102")] // an unused bit
    public void Refuses_other_public_keys(string der) => Refuses(() => X25519KeyEncoding.ReadPublicKey(Convert.FromHexString(der)));

    [Fact]
    public void Refuses_nested_and_large_input_quickly()
    {
        byte[] nested = [.. Enumerable.Repeat((byte)0x30, 60_000)];
        Refuses(() => X25519KeyEncoding.ReadPublicKey(nested));
        Refuses(() => X25519KeyEncoding.ReadPrivateKey(nested));
        Refuses(() => X25519KeyEncoding.ReadPublicKey(new byte[X25519KeyEncoding.MaxLength + 1]));
        Refuses(() => X25519KeyEncoding.ReadPublicKeyPem(new string('-', X25519KeyEncoding.MaxLength + 1)));
    }

    [Fact]
    public void Refuses_PEM_of_another_kind()
    {
        string pem = System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", X25519KeyEncoding.WritePublicKey(s_public));
        Assert.Equal(s_public, X25519KeyEncoding.ReadPublicKeyPem(pem));
        Refuses(() => X25519KeyEncoding.ReadPrivateKeyPem(pem));
        Refuses(() => X25519KeyEncoding.ReadPublicKeyPem("no key"));
    }

    private static byte[] OneAsymmetricKey(int version, byte[] publicKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(version);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(X25519KeyEncoding.Oid);
            }

            writer.WriteOctetString([0x04, 0x20, .. s_private]);
            using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
            }

            writer.WriteBitString(publicKey, 0, new Asn1Tag(TagClass.ContextSpecific, 1));
        }

        return writer.Encode();
    }

    private static void Refuses(Action action) => Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(action).Fault);
}
