using System.Text;
using System.Text.Json;
using SecureStation.Core;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.AesChat;
using SecureStation.Legacy.Chat;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.AesChat;

/// <summary>Whole conversations of the original libraries, byte for byte, with this implementation on either side.</summary>
public class AesVectorTests
{
    [Fact]
    public void The_chain_runs_through_both_directions()
    {
        JsonElement v = ChatVectors.Root.GetProperty("chat_cbc_in_turn");
        using var client = new CbcChain(v.Hex("key"));
        using var server = new CbcChain(v.Hex("key"));
        foreach (JsonElement m in v.GetProperty("messages").EnumerateArray())
        {
            (CbcChain sender, CbcChain reader) = m.Text("from") == "client" ? (client, server) : (server, client);
            byte[] wire = sender.Encrypt(BacktickPadding.Pad(m.Ascii("text")));
            Assert.Equal(m.Hex("wire"), wire);
            Assert.Equal(m.Hex("decrypted_by_other"), reader.Decrypt(wire));
            Assert.Equal(m.Hex("client_iv"), client.Current);
            Assert.Equal(m.Hex("server_iv"), server.Current);
        }
    }

    [Fact]
    public void Crossing_messages_heal_as_in_the_original()
    {
        JsonElement v = ChatVectors.Root.GetProperty("chat_cbc_crossing");
        JsonElement[] steps = [.. v.GetProperty("steps").EnumerateArray()];

        // The texts are not in the vectors: they follow from the wire and the shared key.
        using CbcChain client = AfterReady(v.Hex("key"));
        using CbcChain server = AfterReady(v.Hex("key"));
        byte[] fromClient = AfterReady(v.Hex("key")).Decrypt(steps[0].Hex("client_sends"));
        byte[] fromServer = AfterReady(v.Hex("key")).Decrypt(steps[0].Hex("server_sends"));
        Assert.Equal(steps[0].Hex("client_sends"), client.Encrypt(fromClient));
        Assert.Equal(steps[0].Hex("server_sends"), server.Encrypt(fromServer));
        Assert.Equal(steps[1].Hex("client_reads"), client.Decrypt(steps[0].Hex("server_sends")));
        Assert.Equal(steps[1].Hex("server_reads"), server.Decrypt(steps[0].Hex("client_sends")));
        Assert.Equal(steps[2].Hex("read"), server.Decrypt(steps[2].Hex("wire")));
        client.Accept(steps[2].Hex("wire"));
        Assert.Equal(steps[3].Hex("read"), client.Decrypt(steps[3].Hex("wire")));
        server.Accept(steps[3].Hex("wire"));
        Assert.Equal(client.Current, server.Current);
    }

    [Fact]
    public void Reads_crossing_messages_whole_all_the_same()
    {
        JsonElement v = ChatVectors.Root.GetProperty("chat_cbc_crossing");
        JsonElement[] steps = [.. v.GetProperty("steps").EnumerateArray()];
        using CbcChain client = AfterReady(v.Hex("key"));
        byte[] fromClient = AfterReady(v.Hex("key")).Decrypt(steps[0].Hex("client_sends"));
        byte[] fromServer = AfterReady(v.Hex("key")).Decrypt(steps[0].Hex("server_sends"));
        client.Encrypt(fromClient);
        Assert.Equal(fromServer, client.Peek(steps[0].Hex("server_sends"), out bool isText));
        Assert.True(isText);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    public async Task Replays_as_client(int handshake, bool drips)
    {
        await ReplayAsClientAsync(ChatVectors.Root.GetProperty("chat_handshake")[handshake], drips);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replays_as_server(bool drips)
    {
        JsonElement v = ChatVectors.Root.GetProperty("chat_handshake")[0];
        TextbookRsaKeyPair key = TextbookRsaKeyPair.FromPem(ChatVectors.PrivatePem, "vectors");
        (MemoryTransport own, MemoryTransport other) = MemoryTransport.CreatePair();
        await using var client = new ScriptedPeer(other);
        AesChatProtocol.Listener listener = new AesChatProtocol().CreateListener(key, StationLimits.Default, () => v.Hex("session_key"));
        Task<StationSession> accepting = listener.AcceptAsync(own, new OneConnection(), ScriptedPeer.Limit);
        Func<byte[], Task> send = drips ? client.DripAsync : client.SendAsync;

        await send([.. ChatVectors.PublicPem, .. Encoding.ASCII.GetBytes(":" + ChatVectors.Root.GetProperty("rsa_key").Text("public_pem_md5"))]);
        await client.ExpectAsync([.. v.Ascii("wire_literal"), (byte)':', .. ChatVectors.PublicPem]);
        await send(v.Ascii("echo_literal"));
        JsonElement[] messages = [.. ChatVectors.Root.GetProperty("chat_cbc_in_turn").GetProperty("messages").EnumerateArray()];
        await client.ExpectAsync(messages[0].Hex("wire"));
        await send("Alice"u8.ToArray());
        await using StationSession session = await accepting;

        foreach (JsonElement m in messages[1..])
        {
            if (m.Text("from") == "server")
            {
                await session.SendAsync(OutgoingMessage.Text(m.Text("text")), ScriptedPeer.Limit);
                await client.ExpectAsync(m.Hex("wire"));
            }
            else if (m.Text("text") == "quit")
            {
                await send(m.Hex("wire"));
                await ChatAssert.EndsAsync(session, StationFault.SessionClosed);
            }
            else
            {
                await send(m.Hex("wire"));
                await ChatAssert.ReceivesAsync(session, m.Text("text").Replace("`", string.Empty, StringComparison.Ordinal), "Alice");
            }
        }

        Assert.Equal("Alice", session.PeerName);
        Assert.False(session.IsSecure);
    }

    private static CbcChain AfterReady(byte[] key)
    {
        var chain = new CbcChain(key);
        chain.Encrypt(BacktickPadding.Pad("Ready"u8));
        return chain;
    }

    private static async Task ReplayAsClientAsync(JsonElement v, bool drips)
    {
        TextbookRsaKeyPair key = TextbookRsaKeyPair.FromPem(ChatVectors.PrivatePem, "vectors");
        (MemoryTransport own, MemoryTransport other) = MemoryTransport.CreatePair();
        await using var server = new ScriptedPeer(other);
        Task<StationSession> connecting = new AesChatProtocol().CreateClient(key, "Alice").ConnectAsync(own, ScriptedPeer.Limit);
        Func<byte[], Task> send = drips ? server.DripAsync : server.SendAsync;

        await server.ExpectAsync([.. ChatVectors.PublicPem, .. Encoding.ASCII.GetBytes(":" + ChatVectors.Root.GetProperty("rsa_key").Text("public_pem_md5"))]);
        await send([.. v.Ascii("wire_literal"), (byte)':', .. ChatVectors.PublicPem]);
        await server.ExpectAsync(v.Ascii("echo_literal"));
        JsonElement[] messages = [.. ChatVectors.Root.GetProperty("chat_cbc_in_turn").GetProperty("messages").EnumerateArray()];
        using var chain = new CbcChain(AesSessionValue.ToKey(v.Hex("session_key")));
        await send(chain.Encrypt(BacktickPadding.Pad("Ready"u8)));
        await server.ExpectAsync("Alice");
        await using StationSession session = await connecting;
        bool isVector = v.Text("session_key") == "3132333435363738";
        foreach (JsonElement m in messages[1..])
        {
            byte[] expected = m.Hex("wire");
            if (m.Text("from") == "client")
            {
                await session.SendAsync(OutgoingMessage.Text(m.Text("text")), ScriptedPeer.Limit);
                byte[] wire = await server.ReadAsync(expected.Length);
                chain.Accept(wire);
                Assert.True(!isVector || expected.AsSpan().SequenceEqual(wire));
            }
            else
            {
                byte[] wire = chain.Encrypt(BacktickPadding.Pad(m.Ascii("text")));
                Assert.True(!isVector || expected.AsSpan().SequenceEqual(wire));
                await send(wire);
                await ChatAssert.ReceivesAsync(session, m.Text("text").Replace("`", string.Empty, StringComparison.Ordinal));
            }
        }
    }
}
