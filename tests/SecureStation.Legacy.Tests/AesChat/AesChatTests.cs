using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.AesChat;

/// <summary>Several clients, broadcast and leaving, over real sockets.</summary>
public class AesChatTests
{
    [Fact]
    public async Task A_message_goes_to_the_server_and_to_all_others()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat");
        await using StationSession alice = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Alice");
        await using StationSession bob = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Bob");
        await using StationSession carol = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Carol");
        StationSession served = await listener.AcceptAsync(ScriptedPeer.Limit);
        await listener.AcceptAsync(ScriptedPeer.Limit);
        await listener.AcceptAsync(ScriptedPeer.Limit);
        Assert.Equal("Alice", served.PeerName);

        await alice.SendAsync(OutgoingMessage.Text("hello"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesAsync(served, "hello", "Alice");
        await ChatAssert.ReceivesBroadcastAsync(bob, "hello", "Alice");
        await ChatAssert.ReceivesBroadcastAsync(carol, "hello", "Alice");

        // The operator's line goes to one client, encrypted, and is passed on to nobody.
        await served.SendAsync(OutgoingMessage.Text("welcome"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesAsync(alice, "welcome");
        await bob.SendAsync(OutgoingMessage.Text("hi, Alice"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesBroadcastAsync(alice, "hi, Alice", "Bob");
        await ChatAssert.ReceivesBroadcastAsync(carol, "hi, Alice", "Bob");
        Assert.Equal(0, alice.InboxCount);
    }

    [Fact]
    public async Task Who_leaves_is_gone_and_the_others_go_on()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat");
        await using StationSession alice = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Alice");
        StationSession ofAlice = await listener.AcceptAsync(ScriptedPeer.Limit);
        await using StationSession bob = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Bob");
        await using StationSession carol = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Carol");
        await listener.AcceptAsync(ScriptedPeer.Limit);
        StationSession ofCarol = await listener.AcceptAsync(ScriptedPeer.Limit);

        await alice.SendAsync(OutgoingMessage.Text("quit"), ScriptedPeer.Limit);
        Assert.Contains("left", (await ChatAssert.EndsAsync(ofAlice, StationFault.SessionClosed)).Message, StringComparison.Ordinal);
        await ChatAssert.EndsAsync(alice, StationFault.SessionClosed);

        // The original stopped reading Bob here, because it sent to Alice's dead socket.
        await bob.SendAsync(OutgoingMessage.Text("anybody?"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesBroadcastAsync(carol, "anybody?", "Bob");
        await bob.SendAsync(OutgoingMessage.Text("anybody else?"), ScriptedPeer.Limit);
        await ChatAssert.ReceivesBroadcastAsync(carol, "anybody else?", "Bob");

        await ofCarol.CloseAsync(ScriptedPeer.Limit);
        Assert.Contains("left", (await ChatAssert.EndsAsync(carol, StationFault.SessionClosed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody()
    {
        await using StationListener listener = ChatListeners.Start(ChatListeners.Quick with { OutboxMessages = 16 }, "AesChat");
        await using StationSession deaf = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Deaf");
        StationSession ofDeaf = await listener.AcceptAsync(ScriptedPeer.Limit);
        await using StationSession alice = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Alice");
        await using StationSession bob = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Bob");
        await listener.AcceptAsync(ScriptedPeer.Limit);
        await listener.AcceptAsync(ScriptedPeer.Limit);
        for (int i = 0; i < 10; i++)
        {
            await alice.SendAsync(OutgoingMessage.Text($"{i}"), ScriptedPeer.Limit);
            await ChatAssert.ReceivesBroadcastAsync(bob, $"{i}", "Alice");
        }

        Assert.Equal(StationSessionState.Open, ofDeaf.State);
    }

    [Fact]
    public async Task Both_sides_at_once()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat");
        await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, "AesChat", "Alice");
        StationSession server = await listener.AcceptAsync(ScriptedPeer.Limit);
        async Task SpeakAsync(StationSession session, string who)
        {
            for (int i = 0; i < 30; i++)
            {
                await session.SendAsync(OutgoingMessage.Text($"{who} {i}"), ScriptedPeer.Limit);
            }
        }

        await Task.WhenAll(SpeakAsync(client, "client"), SpeakAsync(server, "server"));
        for (int i = 0; i < 30; i++)
        {
            await ChatAssert.ReceivesAsync(server, $"client {i}", "Alice");
            await ChatAssert.ReceivesAsync(client, $"server {i}");
        }
    }

    [Fact]
    public async Task Fifty_clients_at_once()
    {
        const int Count = 50;
        await using StationListener listener = ChatListeners.Start(ChatListeners.Quick with { HandshakeTimeout = TimeSpan.FromSeconds(30), FirstMessageTimeout = TimeSpan.FromSeconds(20) }, "AesChat");
        StationSession[] clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => ChatListeners.ConnectAsync(listener.Port, "AesChat", $"client{i:00}")));
        for (int i = 0; i < Count; i++)
        {
            await listener.AcceptAsync(ScriptedPeer.Limit);
        }

        await Task.WhenAll(clients.Select((client, i) => client.SendAsync(OutgoingMessage.Text($"I am {i:00}"), ScriptedPeer.Limit).AsTask()));
        await Task.WhenAll(clients.Select(async (client, own) =>
        {
            // With fifty at once on a busy machine some reads give a name and a text together, which cannot be told apart;
            // what must not be is that something is lost, comes twice, or comes back to its sender.
            int expected = Enumerable.Range(0, Count).Where(i => i != own).Sum(i => $"client{i:00}I am {i:00}".Length);
            string heard = string.Empty;
            while (heard.Length < expected)
            {
                StationMessage message = await client.ReceiveAsync(ScriptedPeer.Limit);
                Assert.True(message.IsBroadcast);
                heard += message.Sender + message.Body;
            }

            Assert.Equal(expected, heard.Length);
            Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(i != own, heard.Contains($"client{i:00}I am {i:00}", StringComparison.Ordinal)));
        }));
        await Task.WhenAll(clients.Select(static client => client.CloseAsync(ScriptedPeer.Limit)));
    }

    [Fact]
    public async Task The_handshake_steps_have_no_secret_unless_revealed()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat", "IdeaStation");
        foreach ((string protocol, string[] names, string secret) in (ValueTuple<string, string[], string>[])[
            ("AesChat", ["PublicKey", "SessionValue", "Confirmation", "Ready", "Name"], "AesKey"),
            ("IdeaStation", ["PublicKey", "Yes", "Digest", "SessionValue"], "IdeaKey")])
        {
            await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, protocol, "Alice");
            StationSession server = await listener.AcceptAsync(ScriptedPeer.Limit);
            Assert.Equal(names, client.ProtocolSteps.Select(static step => step.Name));
            Assert.Equal(names, server.ProtocolSteps.Select(static step => step.Name));
            for (int i = 0; i < names.Length; i++)
            {
                ProtocolStep own = client.ProtocolSteps[i];
                ProtocolStep other = server.ProtocolSteps[i];
                Assert.Equal(own.Message.ToArray(), other.Message.ToArray());
                Assert.Equal(i % 2 == 0, own.IsFromInitiator);
                Assert.Equal(own.IsFromInitiator, other.IsFromInitiator);
                Assert.Equal(own.RevealSecrets(), other.RevealSecrets());
                foreach ((_, string value) in own.RevealSecrets())
                {
                    Assert.DoesNotContain(value, System.Text.Json.JsonSerializer.Serialize(own), StringComparison.OrdinalIgnoreCase);
                    Assert.DoesNotContain(value, own.ToString(), StringComparison.OrdinalIgnoreCase);
                }
            }

            Assert.Contains(client.ProtocolSteps, step => step.RevealSecrets().Any(pair => pair.Key == secret));
        }
    }
}
