using System.Text.Json;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using SecureStation.Core.Tests.Vectors;
using SecureStation.Legacy.IdeaStation;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.IdeaStation;

/// <summary>IDEA and the chat's stream, by libgcrypt (idea.json).</summary>
public class IdeaStreamVectorTests
{
    private static readonly JsonElement s_file = JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("legacy", "idea.json"))).RootElement;

    [Fact]
    public void The_engine_is_libgcrypts_IDEA() => Assert.All(s_file.GetProperty("blocks").EnumerateArray(), vector =>
    {
        byte[] block = new byte[8];
        foreach ((bool forEncryption, string from, string to) in new[] { (true, "plain", "cipher"), (false, "cipher", "plain") })
        {
            var idea = new IdeaEngine();
            idea.Init(forEncryption, new KeyParameter(vector.Hex("key")));
            idea.ProcessBlock(vector.Hex(from), 0, block, 0);
            Assert.Equal(vector.Hex(to), block);
        }
    });

    [Fact]
    public void The_stream_is_that_of_the_chat() => Assert.All(s_file.GetProperty("streams").EnumerateArray(), vector =>
    {
        using var stream = new IdeaKeystream(vector.Hex("key"));
        byte[] whole = vector.Hex("text"), inTwo = vector.Hex("text");
        stream.Apply(whole);
        Assert.Equal(vector.Hex("wire"), whole);
        int cut = inTwo.Length / 3;
        stream.Apply(inTwo.AsSpan(0, cut));
        stream.Apply(inTwo.AsSpan(cut), cut);
        Assert.Equal(vector.Hex("wire"), inTwo);
    });
}
