using System.Formats.Asn1;
using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Wycheproof;

/// <summary>What opens key files under a passphrase.</summary>
public class PassphraseTests
{
    [Fact]
    public void Pbkdf2() => WycheproofFile.Run("pbkdf2_hmacsha256_test.json", (_, test) =>
    {
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(
            test.Hex("password"),
            test.Hex("salt"),
            test.GetProperty("iterationCount").GetInt32(),
            HashAlgorithmName.SHA256,
            test.GetProperty("dkLen").GetInt32());
        return key.AsSpan().SequenceEqual(test.Hex("dk"));
    });

    /// <summary>
    /// The contents are no keys, so this goes through the class that reads encrypted key files and not through whole files: its parameters
    /// are written and read as DER, then it decrypts, and encrypts, with passphrases as bytes (some are not UTF-8).
    /// </summary>
    [Fact]
    public void Pbes2OfKeyFiles() => WycheproofFile.Run("pbes2_hmacsha256_aes_256_test.json", (_, test) =>
    {
        var written = new Pbes2
        {
            Salt = test.Hex("salt"),
            Iterations = test.GetProperty("iterationCount").GetInt32(),
            Prf = HashAlgorithmName.SHA256,
            KeySize = 32,
            Iv = test.Hex("iv"),
        };
        var writer = new AsnWriter(AsnEncodingRules.DER);
        written.Write(writer);
        Pbes2 read = Pbes2.Read(new AsnReader(writer.Encode(), AsnEncodingRules.DER).ReadSequence());

        byte[] password = test.Hex("password");
        return read.Decrypt(password, test.Hex("ct")).AsSpan().SequenceEqual(test.Hex("msg"))
            && read.Encrypt(password, test.Hex("msg")).AsSpan().SequenceEqual(test.Hex("ct"));
    });
}
