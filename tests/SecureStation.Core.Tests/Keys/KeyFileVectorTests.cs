using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Keys;

/// <summary>Private key files that openssl and ssh-keygen wrote (tests/vectors/key-files): read, or refused.</summary>
public class KeyFileVectorTests
{
    private static readonly JsonElement s_openSsl = Load("openssl.json");
    private static readonly JsonElement s_openSsh = Load("openssh.json");

    public static TheoryData<string> OpenSslNames => NamesOf(s_openSsl);

    public static TheoryData<string> OpenSshNames => NamesOf(s_openSsh);

    [Theory]
    [MemberData(nameof(OpenSslNames))]
    public void Key_files_come_out_as_wanted(string what) => Check(Find(s_openSsl, what), StationPublicKey.FromPem);

    [Theory]
    [MemberData(nameof(OpenSshNames))]
    public void Key_files_of_ssh_keygen_come_out_as_wanted(string what)
    {
        JsonElement vector = Find(s_openSsh, what);
        Check(vector, StationPublicKey.FromOpenSsh);
        if (what is "P-384" or "P-521" or "RSA 1024" or "DSA")
        {
            StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromOpenSsh(vector.GetProperty("public").GetString()));
        }
    }

    private delegate StationPublicKey ReadPublic(ReadOnlySpan<char> text);

    private static void Check(JsonElement vector, ReadPublic readPublic)
    {
        string Text(string name) => vector.GetProperty(name).GetString()!;
        StationKeyPair Read() => KeyFile.ParsePrivate(Text("private"), Text("passphrase"));

        if (Text("result") != "valid")
        {
            StationAssert.Fails(Text("result") == "invalid" ? StationFault.InvalidKey : StationFault.WrongPassphrase, () => Read().Dispose());
            return;
        }

        using StationKeyPair pair = Read();
        Assert.Equal(pair.PublicKey, readPublic(Text("public")));
        Assert.Equal(Text("fingerprint"), pair.Fingerprint.ToString());
        Assert.StartsWith(Text("public").StartsWith('-') ? pair.PublicKey.ToPem() : pair.PublicKey.ToOpenSsh() + " ", Text("public"), StringComparison.Ordinal);
    }

    private static JsonElement Load(string file) => JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("key-files", file))).RootElement.GetProperty("keys");

    private static TheoryData<string> NamesOf(JsonElement keys) => [.. keys.EnumerateArray().Select(key => key.GetProperty("what").GetString()!)];

    private static JsonElement Find(JsonElement keys, string what) => keys.EnumerateArray().Single(key => key.GetProperty("what").GetString() == what);
}
