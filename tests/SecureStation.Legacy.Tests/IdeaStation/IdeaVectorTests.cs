using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.Chat;
using SecureStation.Legacy.IdeaStation;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.IdeaStation;

/// <summary>Whole conversations of the original libraries, byte for byte, with this implementation on either side.</summary>
public class IdeaVectorTests
{
    [Fact]
    public void The_engine_is_py_cryptos_idea()
    {
        foreach (JsonElement c in ChatVectors.Root.GetProperty("idea_ecb").EnumerateArray())
        {
            var idea = new IdeaEngine();
            idea.Init(true, new KeyParameter(c.Hex("key")));
            byte[] block = new byte[8];
            idea.ProcessBlock(c.Hex("plain"), 0, block, 0);
            Assert.Equal(c.Hex("cipher"), block);
        }
    }

    [Fact]
    public void Derives_the_keys_of_the_original()
    {
        foreach (JsonElement c in ChatVectors.Root.GetProperty("station").EnumerateArray())
        {
            byte[] value = IdeaSessionValue.Derive(c.Hex("key_128"));
            Assert.Equal(c.Hex("encrypto"), value);
            Assert.Equal(c.Text("session_digest"), IdeaSessionValue.Digest(value));
            Assert.Equal(c.Text("session_digest")[..16], Encoding.ASCII.GetString(IdeaSessionValue.ToIdeaKey(IdeaSessionValue.Digest(value))));
        }
    }

    [Fact]
    public void Never_draws_a_value_that_loses_its_first_byte()
    {
        // By chance about 12 of these would begin with zero.
        for (int i = 0; i < 3000; i++)
        {
            Assert.NotEqual(0, IdeaSessionValue.Draw()[0]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replays_as_client(bool drips)
    {
        TextbookRsaKeyPair key = TextbookRsaKeyPair.FromPem(ChatVectors.PrivatePem, "vectors");
        foreach (JsonElement c in ChatVectors.Root.GetProperty("station").EnumerateArray())
        {
            (MemoryTransport own, MemoryTransport other) = MemoryTransport.CreatePair();
            await using var server = new ScriptedPeer(other);
            Task<StationSession> connecting = new IdeaStationProtocol().CreateClient(key, "Alice").ConnectAsync(own, ScriptedPeer.Limit);
            Func<byte[], Task> send = drips ? server.DripAsync : server.SendAsync;

            await server.ExpectAsync(ChatVectors.PublicPem);
            await send("YES"u8.ToArray());
            await server.ExpectAsync(ChatVectors.Root.GetProperty("rsa_key").Text("public_pem_sha1"));

            // The third session's value begins with zero: its original client went on with another key than its server.
            await send(c.Ascii("wire"));
            await using StationSession session = await connecting;
            Assert.False(session.IsSecure);
            Assert.Equal("IdeaStation", session.Protocol);

            foreach (JsonElement m in c.GetProperty("messages").EnumerateArray())
            {
                string text = m.Text("text");
                await server.SendAsync(m.Text("wire"));
                await ChatAssert.ReceivesAsync(session, text);
                await server.SendAsync(m.Text("wire").ToLowerInvariant());
                await ChatAssert.ReceivesAsync(session, text);
                if (text.StartsWith("Alice : ", StringComparison.Ordinal))
                {
                    await session.SendAsync(Core.Messages.OutgoingMessage.Text(text["Alice : ".Length..]), ScriptedPeer.Limit);
                    await server.ExpectAsync(m.Text("wire"));
                }
            }

            await server.CompleteAsync();
            await ChatAssert.EndsAsync(session, StationFault.SessionClosed);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replays_as_server(bool drips)
    {
        foreach (JsonElement c in ChatVectors.Root.GetProperty("station").EnumerateArray())
        {
            (MemoryTransport own, MemoryTransport other) = MemoryTransport.CreatePair();
            await using var client = new ScriptedPeer(other);
            IdeaStationProtocol.Listener listener = new IdeaStationProtocol().CreateListener(StationLimits.Default, () => c.Hex("encrypto"));
            var connection = new OneConnection();
            Task<StationSession> accepting = listener.AcceptAsync(own, connection, ScriptedPeer.Limit);
            Func<byte[], Task> send = drips ? client.DripAsync : client.SendAsync;

            await send(ChatVectors.PublicPem);
            await client.ExpectAsync("YES");
            Assert.True(connection.IsFirstMessageRead);
            await send(ChatVectors.Root.GetProperty("rsa_key").Ascii("public_pem_sha1"));
            await client.ExpectAsync(c.Ascii("wire"));
            await using StationSession session = await accepting;

            foreach (JsonElement m in c.GetProperty("messages").EnumerateArray())
            {
                string text = m.Text("text");
                bool hasName = text.StartsWith("Alice : ", StringComparison.Ordinal);
                await client.SendAsync(m.Text("wire"));
                await ChatAssert.ReceivesAsync(session, hasName ? text["Alice : ".Length..] : text, "Alice");
                await session.SendAsync(Core.Messages.OutgoingMessage.Text(text), ScriptedPeer.Limit);
                await client.ExpectAsync(m.Text("wire"));
            }

            Assert.Equal("Alice", session.PeerName);
            await client.CompleteAsync();
            await ChatAssert.EndsAsync(session, StationFault.SessionClosed);
        }
    }
}
