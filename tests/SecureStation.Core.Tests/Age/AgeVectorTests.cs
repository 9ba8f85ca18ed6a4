using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureStation.Core.Age;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Age;

/// <summary>Our own vectors, tests/vectors/age: files sealed from given randomness, byte for byte, and files that age sealed for SSH keys.</summary>
public class AgeVectorTests
{
    public static TheoryData<string> Sealed => Names("seal.json");

    public static TheoryData<string> ForSsh => Names("ssh.json");

    [Theory]
    [MemberData(nameof(Sealed))]
    public void A_file_is_sealed_byte_for_byte_and_opens(string name)
    {
        JsonElement test = Find("seal.json", name);
        byte[] fileKey = Hex(test, "file_key"), plaintext = Plaintext(test);
        JsonElement[] recipients = [.. test.GetProperty("recipients").EnumerateArray()];
        AgeStanza[] stanzas = [.. recipients.Select(recipient => Wrap(recipient, fileKey))];

        byte[] file = Seal(test, stanzas, plaintext, armored: false);
        Assert.Equal(Text(test, "file_sha256") ?? Convert.ToHexStringLower(SHA256.HashData(Base64(test, "file"))), Convert.ToHexStringLower(SHA256.HashData(file)));
        byte[] armor = Seal(test, stanzas, plaintext, armored: true);
        if ((Text(test, "armor_sha256") ?? (Text(test, "armor") is { } text ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))) : null)) is { } hash)
        {
            Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(armor)));
        }

        foreach (JsonElement recipient in recipients)
        {
            using AgeIdentity identity = Identity(recipient);
            Assert.Equal(plaintext, AgeBytes.Open(file, identity));
            Assert.Equal(plaintext, AgeBytes.Open(armor, identity));
        }
    }

    [Theory]
    [MemberData(nameof(ForSsh))]
    public void A_file_for_SSH_keys_opens_with_each(string name)
    {
        JsonElement test = Find("ssh.json", name);
        byte[] file = Text(test, "armor") is { } armor ? Encoding.ASCII.GetBytes(armor) : Base64(test, "file");
        foreach (JsonElement key in test.GetProperty("keys").EnumerateArray())
        {
            using AgeIdentity identity = Text(key, "seed") is { } seed
                ? new SshEd25519Identity(Convert.FromHexString(seed))
                : new SshRsaIdentity(SshKeyText.ParseRsaPrivateKey(Text(key, "private_key")!));
            Assert.Equal(Hex(test, "plaintext"), AgeBytes.Open(file, identity));

            // And what is sealed for the public half opens with the private one.
            Assert.Equal("back"u8, AgeBytes.Open(AgeBytes.Seal("back"u8, SshKeyText.ParseRecipient(Text(key, "public")!)), identity));
        }
    }

    private static AgeStanza Wrap(JsonElement recipient, byte[] fileKey)
    {
        string type = Text(recipient, "type")!;
        if (type == "scrypt")
        {
            using var passphrase = new ScryptRecipient(Text(recipient, "passphrase"), recipient.GetProperty("work_factor").GetInt32());
            return passphrase.UnsafeWrap(fileKey, Hex(recipient, "salt"));
        }

        string text = Text(recipient, "recipient")!;
        byte[] ephemeral = Hex(recipient, "ephemeral");
        switch (type)
        {
            case "X25519":
                var x25519 = (X25519Recipient)AgeRecipient.Parse(text);
                Assert.Equal(text, x25519.ToString());
                return x25519.UnsafeWrap(fileKey, ephemeral);
            case "mlkem768x25519":
                var hybrid = (HybridRecipient)AgeRecipient.Parse(text);
                Assert.Equal(text, hybrid.ToString());
                return hybrid.UnsafeWrap(fileKey, ephemeral, Hex(recipient, "kem_randomness"));
            default:
                return ((SshEd25519Recipient)SshKeyText.ParseRecipient(text)).UnsafeWrap(fileKey, ephemeral);
        }
    }

    private static AgeIdentity Identity(JsonElement recipient)
    {
        switch (Text(recipient, "type"))
        {
            case "scrypt":
                return new ScryptIdentity(Text(recipient, "passphrase"));
            case "ssh-ed25519":
                return new SshEd25519Identity(Hex(recipient, "seed"));
            case "X25519":
                X25519Identity x25519 = X25519Identity.Parse(Text(recipient, "identity")!);
                Assert.Equal(Text(recipient, "identity"), x25519.ExportText());
                Assert.Equal(Text(recipient, "recipient"), x25519.Recipient.ToString());
                return x25519;
            default:
                HybridIdentity hybrid = HybridIdentity.Parse(Text(recipient, "identity")!);
                Assert.Equal(Text(recipient, "identity"), hybrid.ExportText());
                Assert.Equal(Text(recipient, "recipient"), hybrid.Recipient.ToString());
                return hybrid;
        }
    }

    private static byte[] Seal(JsonElement test, AgeStanza[] stanzas, byte[] plaintext, bool armored)
    {
        using var file = new MemoryStream();
        using AgeWriter writer = AgeWriter.UnsafeCreate(file, stanzas, Hex(test, "file_key"), Hex(test, "nonce"), armored);
        writer.Write(plaintext);
        writer.Complete();
        return file.ToArray();
    }

    private static byte[] Plaintext(JsonElement test)
    {
        if (Text(test, "plaintext_repeats") is not { } repeated)
        {
            return Hex(test, "plaintext");
        }

        byte[] pattern = Convert.FromHexString(repeated), plaintext = new byte[test.GetProperty("plaintext_length").GetInt32()];
        for (int i = 0; i < plaintext.Length; i++)
        {
            plaintext[i] = pattern[i % pattern.Length];
        }

        return plaintext;
    }

    private static JsonElement[] Read(string file) =>
        [.. JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("age", file))).RootElement.GetProperty("vectors").EnumerateArray()];

    private static TheoryData<string> Names(string file) => [.. Read(file).Select(static test => Text(test, "name")!)];

    private static JsonElement Find(string file, string name) => Read(file).Single(test => Text(test, "name") == name);

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(Text(element, name)!);

    private static byte[] Base64(JsonElement element, string name) => Convert.FromBase64String(Text(element, name)!);
}
