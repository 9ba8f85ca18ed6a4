using System.Security.Cryptography;
using System.Text.Json;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Wycheproof;

/// <summary>Signatures: of identities (Ed25519, RSA PKCS#1 v1.5) through our own code, RSA-PSS through the BCL's call.</summary>
public class SignatureTests
{
    [Fact]
    public void Ed25519() => WycheproofFile.Run("ed25519_test.json", (group, test) =>
    {
        StationPublicKey key = StationPublicKey.FromSubjectPublicKeyInfo(group.Hex("publicKeyDer"));
        Assert.Equal(key, StationPublicKey.FromPem(group.GetProperty("publicKeyPem").GetString()));
        return key.VerifyInput(test.Hex("msg"), test.Hex("sig"));
    });

    [Theory]
    [InlineData("rsa_signature_2048_sha256_test.json")]
    [InlineData("rsa_signature_3072_sha256_test.json")]
    [InlineData("rsa_signature_4096_sha256_test.json")]
    public void RsaPkcs1OfIdentities(string file) => WycheproofFile.Run(file, (group, test) =>
    {
        byte[] spki = group.Hex("publicKeyDer");
        if (group.GetProperty("publicKey").GetProperty("publicExponent").GetString() is not "010001")
        {
            // SmallPublicKey: identities have e = 65537, so the key itself is refused; the BCL's verification is tried below.
            StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromSubjectPublicKeyInfo(spki));
            return VerifyPkcs1(spki, test, HashAlgorithmName.SHA256);
        }

        return StationPublicKey.FromSubjectPublicKeyInfo(spki).VerifyInput(test.Hex("msg"), test.Hex("sig"));
    });

    [Fact]
    public void RsaPkcs1WithSha512() => WycheproofFile.Run(
        "rsa_signature_2048_sha512_test.json",
        (group, test) => VerifyPkcs1(group.Hex("publicKeyDer"), test, HashAlgorithmName.SHA512));

    [Theory]
    [InlineData("rsa_pss_2048_sha256_mgf1_32_test.json", "SHA256")]
    [InlineData("rsa_pss_3072_sha256_mgf1_32_test.json", "SHA256")]
    [InlineData("rsa_pss_4096_sha512_mgf1_64_test.json", "SHA512")]
    public void RsaPss(string file, string hash) => WycheproofFile.Run(file, (group, test) =>
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(group.Hex("publicKeyDer"), out _);
        return rsa.VerifyData(test.Hex("msg"), test.Hex("sig"), new HashAlgorithmName(hash), RSASignaturePadding.Pss);
    });

    private static bool VerifyPkcs1(byte[] spki, JsonElement test, HashAlgorithmName hash)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(spki, out _);
        return rsa.VerifyData(test.Hex("msg"), test.Hex("sig"), hash, RSASignaturePadding.Pkcs1);
    }
}
