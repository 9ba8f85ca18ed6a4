using System.Text;
using System.Text.Json;
using SecureStation.Core;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Tests.Vectors;
using SecureStation.Legacy.DocumentNotary;

namespace SecureStation.Legacy.Tests.DocumentNotary;

/// <summary>Values that PyCrypto computed (legacy.json), byte for byte.</summary>
public sealed class VectorTests
{
    private static readonly Lazy<JsonElement> s_all = new(() => JsonDocument.Parse(File.ReadAllText(OwnVectors.PathOf("legacy", "legacy.json"))).RootElement);

    private static JsonElement Notary => s_all.Value.GetProperty("notary");

    private static byte[] Document => Encoding.ASCII.GetBytes(Text("document"));

    private static byte[] Stamp => Encoding.ASCII.GetBytes(Text("timestamp"));

    private static byte[] Hash => Encoding.ASCII.GetBytes(Text("document_hash"));

    [Fact]
    public void Key_file_of_py_crypto_is_read()
    {
        string pem = KeyText("private_pkcs8_encrypted_pem");
        using NotaryRsaKey key = PyCryptoKeyFile.Read(pem, KeyText("passphrase"));
        Assert.Equal(1024, key.KeySize);
        Assert.Equal(KeyText("public_pem"), key.ToPublicPem());

        using NotaryRsaKey plain = PyCryptoKeyFile.Read(KeyText("private_pkcs8_pem"), default);
        using NotaryRsaKey old = PyCryptoKeyFile.Read(KeyText("private_pem"), default);
        using NotaryRsaKey crlf = PyCryptoKeyFile.Read(pem.Replace("\n", "\r\n", StringComparison.Ordinal), KeyText("passphrase"));
        Assert.All([plain, old, crlf], other => Assert.Equal(key.Fingerprint, other.Fingerprint));
    }

    [Fact]
    public void Bad_key_files_are_refused()
    {
        string pem = KeyText("private_pkcs8_encrypted_pem");
        for (int i = 0; i < 600; i++)
        {
            // One wrong passphrase in 256 leaves good padding.
            Fails(StationFault.WrongPassphrase, pem, $"wrong {i}");
        }

        Fails(StationFault.WrongPassphrase, pem, "");
        Fails(StationFault.InvalidKey, pem.Replace("DES-EDE3-CBC", "AES-256-CBC", StringComparison.Ordinal), "bipul123");
        Fails(StationFault.InvalidKey, pem.Replace("DES-EDE3-CBC,DF", "DES-EDE3-CBC,ZZ", StringComparison.Ordinal), "bipul123");
        Fails(StationFault.InvalidKey, pem[..400], "bipul123");
        Fails(StationFault.InvalidKey, pem.Replace("\n\n", "\n", StringComparison.Ordinal), "bipul123");
        Fails(StationFault.InvalidKey, new string('x', 100_000), "bipul123");
        Fails(StationFault.InvalidKey, "", "");
        using var small = System.Security.Cryptography.RSA.Create(768);
        Fails(StationFault.InvalidKey, small.ExportPkcs8PrivateKeyPem(), "");
    }

    [Fact]
    public void Request_is_read_and_has_its_length()
    {
        using NotaryRsaKey key = Key();
        byte[] wire = Encoding.ASCII.GetBytes(Text("request_wire"));
        Assert.Equal(key.WireLength, wire.Length);
        byte[] plain = key.Decrypt(NotaryConnection.FromBase64(wire))!;
        Assert.Equal(Text("request_plain"), Encoding.ASCII.GetString(plain));
        Assert.Equal(plain, NotaryText.Join("1000"u8, Hash));
        Assert.Equal(Text("document_hash"), NotaryText.Hash(Document));
        Assert.Equal(86, key.Capacity);
        Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => key.Encrypt(new byte[87], "It")).Fault);
    }

    [Fact]
    public void Signatures_are_the_same_bytes()
    {
        using NotaryRsaKey key = Key();
        Assert.Equal(Text("signature_empty"), Convert.ToHexStringLower(NotarySignature.Sign(key, Hash, Stamp, signEmptyHash: true)));
        Assert.Equal(Text("signature_document"), Convert.ToHexStringLower(NotarySignature.Sign(key, Hash, Stamp, signEmptyHash: false)));
        foreach ((string name, SignatureCoverage coverage) in new[]
        {
            ("signature_empty", SignatureCoverage.Empty), ("signature_document", SignatureCoverage.Document), ("signature_concat", SignatureCoverage.Concatenated),
        })
        {
            Assert.Equal(coverage, NotarySignature.Examine(key, Hash, Stamp, Convert.FromHexString(Text(name))));
        }

        Assert.Equal(SignatureCoverage.None, NotarySignature.Examine(key, Hash, "Sun Nov  3 07:05:10 2019"u8, Convert.FromHexString(Text("signature_document"))));
        Assert.Equal(SignatureCoverage.None, NotarySignature.Examine(key, Hash, Stamp, new byte[5]));
    }

    [Fact]
    public void Message_to_the_second_client_is_the_same_bytes()
    {
        using NotaryRsaKey key = Key();
        JsonElement message = Notary.GetProperty("to_client2");
        byte[] password = Encoding.ASCII.GetBytes(message.GetProperty("password").GetString()!);
        byte[] iv = Convert.FromHexString(message.GetProperty("iv").GetString()!);
        byte[] wire = Encoding.ASCII.GetBytes(message.GetProperty("wire").GetString()!);
        byte[] text = DocumentCipher.Decrypt(NotaryConnection.FromBase64(wire), password)!;
        Assert.True(NotaryText.TrySplitDocument(text, key.ModulusSize, out ReadOnlySpan<byte> document, out ReadOnlySpan<byte> stamp, out ReadOnlySpan<byte> signature));
        Assert.Equal(Document, document.ToArray());
        Assert.Equal(Stamp, stamp.ToArray());
        Assert.Equal(wire, NotaryConnection.ToBase64(DocumentCipher.Encrypt(NotaryText.Join(document, stamp, signature), password, iv)));
    }

    [Fact]
    public void Stamp_is_that_of_ctime()
    {
        Assert.Equal(Text("timestamp"), NotaryText.Stamp(new DateTime(2019, 11, 3, 7, 5, 9, DateTimeKind.Unspecified)));
        Assert.Equal("Mon Dec 23 23:59:00 2019", NotaryText.Stamp(new DateTime(2019, 12, 23, 23, 59, 0, DateTimeKind.Unspecified)));
        Assert.Equal(new DateTime(2019, 11, 3, 7, 5, 9, DateTimeKind.Unspecified), new DocumentReceipt("", Text("timestamp"), [], SignatureCoverage.None).Time);
    }

    private static NotaryRsaKey Key() => PyCryptoKeyFile.Read(KeyText("private_pkcs8_pem"), default);

    private static string KeyText(string name) => s_all.Value.GetProperty("rsa_key").GetProperty(name).GetString()!;

    private static string Text(string name) => Notary.GetProperty(name).GetString()!;

    private static void Fails(StationFault fault, string pem, string passphrase) =>
        Assert.Equal(fault, Assert.Throws<StationException>(() => PyCryptoKeyFile.Read(pem, passphrase)).Fault);
}
