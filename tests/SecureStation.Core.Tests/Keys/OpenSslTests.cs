using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.Tests.Keys;

/// <summary>Key files and signatures go to openssl and come from it.</summary>
public class OpenSslTests
{
    private const string Passphrase = "correct horse";

    public static TheoryData<StationKeyAlgorithm> Algorithms => [.. Enum.GetValues<StationKeyAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Open_ssl_reads_our_files(StationKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        KeyFile.WritePrivate(folder.File("plain.pem"), keyPair);
        KeyFile.WritePrivate(folder.File("encrypted.pem"), keyPair, Passphrase);
        KeyFile.WritePublic(folder.File("public.pem"), keyPair.PublicKey);

        string expected = keyPair.PublicKey.ToPem();
        Assert.Equal(expected, OpenSsl.Run("pkey", "-in", folder.File("plain.pem"), "-pubout"));
        Assert.Equal(expected, OpenSsl.Run("pkey", "-in", folder.File("encrypted.pem"), "-passin", $"pass:{Passphrase}", "-pubout"));
        Assert.Equal(expected, OpenSsl.Run("pkey", "-pubin", "-in", folder.File("public.pem"), "-pubout"));
        Assert.False(OpenSsl.Succeeds("pkey", "-in", folder.File("encrypted.pem"), "-passin", "pass:wrong", "-noout"));
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519, "-algorithm", "ed25519")]
    [InlineData(StationKeyAlgorithm.Rsa, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")]
    public void We_read_the_files_of_open_ssl(StationKeyAlgorithm algorithm, params string[] genpkey)
    {
        using var folder = new TemporaryFolder();
        OpenSsl.Run(["genpkey", .. genpkey, "-out", folder.File("plain.pem")]);
        OpenSsl.Run("pkey", "-in", folder.File("plain.pem"), "-pubout", "-out", folder.File("public.pem"));
        StationPublicKey publicKey = KeyFile.ReadPublic(folder.File("public.pem"));
        Assert.Equal(algorithm, publicKey.Algorithm);

        using StationKeyPair plain = KeyFile.ReadPrivate(folder.File("plain.pem"));
        Assert.Equal(publicKey, plain.PublicKey);

        OpenSsl.Run(["genpkey", .. genpkey, "-aes256", "-pass", $"pass:{Passphrase}", "-out", folder.File("generated.pem")]);
        using StationKeyPair generated = KeyFile.ReadPrivate(folder.File("generated.pem"), Passphrase);
        Assert.Equal(algorithm, generated.Algorithm);

        foreach (string cipher in new[] { "aes-128-cbc", "aes-192-cbc", "aes-256-cbc" })
        {
            foreach (string prf in new[] { "hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512" })
            {
                string file = folder.File($"{cipher}-{prf}.pem");
                OpenSsl.Run("pkcs8", "-topk8", "-in", folder.File("plain.pem"), "-v2", cipher, "-v2prf", prf, "-passout", $"pass:{Passphrase}", "-out", file);
                using StationKeyPair encrypted = KeyFile.ReadPrivate(file, Passphrase);
                Assert.Equal(publicKey, encrypted.PublicKey);
                StationAssert.Fails(StationFault.WrongPassphrase, () => KeyFile.ReadPrivate(file, "wrong"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Signatures_are_good_on_both_sides(StationKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        string privatePath = folder.File("private.pem"), publicPath = folder.File("public.pem");
        string inputPath = folder.File("input"), signaturePath = folder.File("signature");
        KeyFile.WritePrivate(privatePath, keyPair);
        KeyFile.WritePublic(publicPath, keyPair.PublicKey);

        byte[] data = Encoding.UTF8.GetBytes("what was signed");
        File.WriteAllBytes(inputPath, [.. "SecureStation/1 receipt\0"u8, .. data]);

        // Ours, verified there.
        byte[] signature = keyPair.Sign(SignaturePurpose.Receipt, data);
        File.WriteAllBytes(signaturePath, signature);
        string[] verify = algorithm == StationKeyAlgorithm.Ed25519
            ? ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", publicPath, "-in", inputPath, "-sigfile", signaturePath]
            : ["dgst", "-sha256", "-verify", publicPath, "-signature", signaturePath, inputPath];
        OpenSsl.Run(verify);
        signature[^1] ^= 1;
        File.WriteAllBytes(signaturePath, signature);
        Assert.False(OpenSsl.Succeeds(verify));

        // Theirs, verified here.
        OpenSsl.Run(algorithm == StationKeyAlgorithm.Ed25519
            ? ["pkeyutl", "-sign", "-rawin", "-inkey", privatePath, "-in", inputPath, "-out", signaturePath]
            : ["dgst", "-sha256", "-sign", privatePath, "-out", signaturePath, inputPath]);
        Assert.True(keyPair.PublicKey.Verify(SignaturePurpose.Receipt, data, File.ReadAllBytes(signaturePath)));
    }
}
