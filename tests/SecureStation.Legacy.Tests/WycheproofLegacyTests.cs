using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Tests;
using SecureStation.Core.Tests.Vectors;
using SecureStation.Legacy.DocumentNotary;

namespace SecureStation.Legacy.Tests;

/// <summary>The old notary's ciphers, against Wycheproof's tests and our own in the same form.</summary>
public class WycheproofLegacyTests
{
    private static readonly Dictionary<string, Func<WycheproofTest, string>> s_checks = new()
    {
        ["aes_cbc_pkcs5"] = AesCbcOfDocuments,
        ["rsa_oaep_.*"] = RsaOfTheNotary,
        ["rsa_pkcs1_[0-9]+"] = RsaOfTheNotary,
    };

    // Core's tests say where the published ones are missing.
    public static IEnumerable<TheoryDataRow<string, string>> Files => WycheproofFile.Rows(s_checks, saysWhatIsMissing: false);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_test_of_the_file_comes_out_as_wanted(string set, string file) => WycheproofFile.Run(set, file, s_checks);

    private static string AesCbcOfDocuments(WycheproofTest test)
    {
        byte[] key = test.Bytes("key"), message = [.. test.Bytes("iv"), .. test.Bytes("ct")];
        if (test.IsValid)
        {
            Assert.Equal(message, DocumentCipher.Encrypt(test.Bytes("msg"), key, test.Bytes("iv")));
        }

        return test.Expect(DocumentCipher.Decrypt(message, key) is { } text && text.AsSpan().SequenceEqual(test.Bytes("msg")));
    }

    /// <summary>OAEP with SHA-1 and without a label, 1024 to 4096 bits; whatever was encrypted in another way is refused.</summary>
    private static string RsaOfTheNotary(WycheproofTest test)
    {
        RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(test.Bytes("privateKeyPkcs8"), out _);
        if (rsa.KeySize is < NotaryRsaKey.MinKeySize or > NotaryRsaKey.MaxKeySize)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => new NotaryRsaKey(rsa).Dispose());
            return test.ExpectRefused(isTaken: false);
        }

        using var key = new NotaryRsaKey(rsa);
        byte[]? text = key.Decrypt(test.Bytes("ct"));
        bool isTaken = text is not null && text.AsSpan().SequenceEqual(test.Bytes("msg"));
        bool isOurs = test.Algorithm == "RSAES-OAEP" && test.Text("sha") == "SHA-1" && test.Text("mgfSha") == "SHA-1" && test.Text("label").Length == 0;
        return isOurs ? test.Expect(isTaken) : test.ExpectRefused(text is not null);
    }
}
