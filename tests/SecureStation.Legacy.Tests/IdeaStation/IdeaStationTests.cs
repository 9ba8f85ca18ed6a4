using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.IdeaStation;

/// <summary>Sessions over real sockets.</summary>
public class IdeaStationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public async Task Talks_in_turn(int keySize)
    {
        await using StationListener listener = ChatListeners.Start(null, "IdeaStation");
        await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, "IdeaStation", "Alice", keySize);
        StationSession server = await listener.AcceptAsync(ScriptedPeer.Limit);
        Assert.Contains($"RSA-{(keySize == 0 ? 1024 : keySize)}", server.Suite, StringComparison.Ordinal);
        Assert.Null(client.RemotePublicKey);
        for (int i = 0; i < 200; i++)
        {
            await client.SendAsync(OutgoingMessage.Text($"ping {i} ü"), ScriptedPeer.Limit);
            await ChatAssert.ReceivesAsync(server, $"ping {i} ü", "Alice");
            await server.SendAsync(OutgoingMessage.Text($"pong {i}"), ScriptedPeer.Limit);
            await ChatAssert.ReceivesAsync(client, $"pong {i}");
        }

        // Its answer can be here before the sender has counted.
        await ChatAssert.BecomesAsync(200, () => client.MessagesSent);
        await ChatAssert.BecomesAsync(200, () => server.MessagesSent);
        Assert.Equal(200, client.MessagesReceived);
        Assert.Equal(client.BytesSent, server.BytesReceived);
        Assert.Equal(server.BytesSent, client.BytesReceived);
        Assert.Equal(client.Id, server.Id);
    }

    [Fact]
    public async Task A_closed_connection_ends_the_session_and_its_inbox_stays_readable()
    {
        await using StationListener listener = ChatListeners.Start(null, "IdeaStation");
        StationSession client = await ChatListeners.ConnectAsync(listener.Port, "IdeaStation", "Alice");
        StationSession server = await listener.AcceptAsync(ScriptedPeer.Limit);
        await client.SendAsync(OutgoingMessage.Text("bye"), ScriptedPeer.Limit);
        await client.CloseAsync(ScriptedPeer.Limit);
        await ChatAssert.EndsAsync(server, StationFault.SessionClosed);
        await ChatAssert.ReceivesAsync(server, "bye", "Alice");
        await ChatAssert.FailsAsync(StationFault.SessionClosed, () => server.ReceiveAsync(ScriptedPeer.Limit).AsTask());
    }

    [Theory]
    [InlineData("not hex at all", StationFault.ProtocolError)]
    [InlineData("ABC", StationFault.ProtocolError)]
    public async Task What_is_no_message_ends_this_session_only(string wire, StationFault fault)
    {
        await using StationListener listener = ChatListeners.Start(null, "IdeaStation");
        await using StationSession other = await ChatListeners.ConnectAsync(listener.Port, "IdeaStation", "Other");
        StationSession ofOther = await listener.AcceptAsync(ScriptedPeer.Limit);
        await using ScriptedPeer bad = await ChatListeners.ConnectRawAsync(listener.Port);
        byte[] pem = Legacy.Chat.TextbookRsaKeyPair.Generate(0).PublicPem;
        await bad.SendAsync(pem);
        await bad.ExpectAsync("YES");
        await bad.SendAsync(Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(pem)));
        await bad.ReceiveAsync();
        StationSession ofBad = await listener.AcceptAsync(ScriptedPeer.Limit);
        await bad.SendAsync(wire);
        await ChatAssert.EndsAsync(ofBad, fault);
        await other.SendAsync(OutgoingMessage.Text("still here"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesAsync(ofOther, "still here", "Other");
    }
}
