using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Keys;

/// <summary>Private key files that openssl wrote (tests/vectors/key-files): read, or refused.</summary>
public class KeyFileVectorTests
{
    private static readonly JsonElement s_keys = JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("key-files", "openssl.json"))).RootElement.GetProperty("keys");

    public static TheoryData<string> Names => [.. s_keys.EnumerateArray().Select(key => key.GetProperty("what").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Key_files_come_out_as_wanted(string what)
    {
        JsonElement vector = s_keys.EnumerateArray().Single(key => key.GetProperty("what").GetString() == what);
        string Text(string name) => vector.GetProperty(name).GetString()!;
        StationKeyPair Read() => KeyFile.ParsePrivate(Text("private"), Text("passphrase"));

        if (Text("result") != "valid")
        {
            StationAssert.Fails(Text("result") == "invalid" ? StationFault.InvalidKey : StationFault.WrongPassphrase, () => Read().Dispose());
            return;
        }

        using StationKeyPair pair = Read();
        Assert.Equal(Text("public"), pair.PublicKey.ToPem());
        Assert.Equal(Text("fingerprint"), pair.Fingerprint.ToString());
        Assert.Equal(pair.PublicKey, StationPublicKey.FromPem(Text("public")));
    }
}
