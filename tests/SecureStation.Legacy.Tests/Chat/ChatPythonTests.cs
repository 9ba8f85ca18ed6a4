using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Peers;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>
/// Against peers in Python that were written from the description of the wire, not from this code: one <c>recv</c> a message, splits at
/// every colon, no tolerance. What broke them by chance must never come from our server, and never trouble our client.
/// </summary>
public class ChatPythonTests
{
    [Fact]
    public async Task OurIdeaClientAndTheirServer()
    {
        for (int i = 0; i < 3; i++)
        {
            using PythonPeer server = Start("idea-server", "0");
            await using StationSession session = await ChatListeners.ConnectAsync(await server.ReadPortAsync(), "IdeaStation", "Alice");
            for (int j = 0; j < 20; j++)
            {
                await session.SendAsync(OutgoingMessage.Text($"message {j} ł"), ScriptedPeer.Limit);
                Assert.Equal($"Alice : message {j} ł", await server.ReadLineAsync());
                await ChatAssert.ReceivesAsync(session, $"echo Alice : message {j} ł");
            }
        }
    }

    [Fact]
    public async Task TheirIdeaClientAndOurServer()
    {
        await using StationListener listener = ChatListeners.Start(null, "Station", "IdeaStation", "AesChat");
        for (int i = 0; i < 3; i++)
        {
            using PythonPeer client = Start("idea-client", listener.Port.ToString(provider: null), "20");
            StationSession session = await listener.AcceptAsync(ScriptedPeer.Limit);
            for (int j = 0; j < 20; j++)
            {
                await ChatAssert.ReceivesAsync(session, $"message {j}", "Python");
                await session.SendAsync(OutgoingMessage.Text($"answer {j}"), ScriptedPeer.Limit);
            }

            Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(static j => $"answer {j}\n")), await client.FinishAsync());
        }
    }

    [Fact]
    public async Task OurAesClientsAndTheirServer()
    {
        using PythonPeer server = Start("aes-server", "0");
        int port = await server.ReadPortAsync();
        await using StationSession other = await ChatListeners.ConnectAsync(port, "AesChat", "Other");
        for (int i = 0; i < 10; i++)
        {
            // 39 % of their handshakes have a colon where an original client breaks, 3 % of their values too.
            await using StationSession session = await ChatListeners.ConnectAsync(port, "AesChat", "Alice");
            for (int j = 0; j < 3; j++)
            {
                string text = $"ping {i} {j}, with a text that is longer than a block";
                await session.SendAsync(OutgoingMessage.Text(text), ScriptedPeer.Limit);
                Assert.Equal("Alice : " + text, await server.ReadLineAsync());
                await ChatAssert.ReceivesAsync(session, "pong" + text["ping".Length..]);

                // Name and text are two sends; where TCP joins them the name stands before the text, and nobody can tell.
                StationMessage broadcast = await other.ReceiveAsync(ScriptedPeer.Limit);
                Assert.EndsWith(text, (string)broadcast.Body!, StringComparison.Ordinal);
            }

            await session.CloseAsync(ScriptedPeer.Limit);
            Assert.Equal("Alice : quit", await server.ReadLineAsync());
        }
    }

    [Fact]
    public async Task TheirAesClientsAndOurServerAlwaysSucceed()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat");
        for (int i = 0; i < 12; i++)
        {
            // With an original server about 5 of these would break.
            using PythonPeer client = Start("aes-client", listener.Port.ToString(provider: null), $"python{i}", "5");
            StationSession session = await listener.AcceptAsync(ScriptedPeer.Limit);
            Assert.Equal($"python{i}", session.PeerName);
            for (int j = 0; j < 5; j++)
            {
                await ChatAssert.ReceivesAsync(session, $"ping {j}", $"python{i}");
                await session.SendAsync(OutgoingMessage.Text($"pong {j}, with a text that is longer than a block"), ScriptedPeer.Limit);
            }

            Assert.Equal(string.Concat(Enumerable.Range(0, 5).Select(static j => $"pong {j}, with a text that is longer than a block\n")), await client.FinishAsync());
            Assert.Contains("left", (await ChatAssert.EndsAsync(session, StationFault.SessionClosed)).Message, StringComparison.Ordinal);
        }
    }

    private static PythonPeer Start(params string[] arguments) =>
        PythonPeer.Start("Chat/peers/chat_peer.py", PythonPackage.Pycryptodome, arguments);
}
