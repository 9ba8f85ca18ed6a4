using System.Globalization;
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
    public async Task Our_idea_client_and_their_server()
    {
        // The first of their session values begins with zero: an original client went on with another key.
        using PythonPeer server = Start("idea-server", "0");
        int port = await server.ReadPortAsync();
        for (int i = 0; i < 10; i++)
        {
            await using StationSession session = await ChatListeners.ConnectAsync(port, "IdeaStation", "Alice");
            for (int j = 0; j < 10; j++)
            {
                await session.SendAsync(OutgoingMessage.Text($"message {j} ł"), ScriptedPeer.Limit);
                Assert.Equal($"Alice : message {j} ł", await server.ReadLineAsync());
                await ChatAssert.ReceivesAsync(session, $"echo Alice : message {j} ł");
            }
        }
    }

    [Fact]
    public async Task Their_idea_client_and_our_server()
    {
        const int Sessions = 10;
        await using StationListener listener = ChatListeners.Start(null, "IdeaStation");
        using PythonPeer client = Start("idea-client", Text(listener.Port), Text(Sessions));
        for (int i = 0; i < Sessions; i++)
        {
            StationSession session = await listener.AcceptAsync(ScriptedPeer.Limit);
            for (int j = 0; j < 10; j++)
            {
                await ChatAssert.ReceivesAsync(session, $"message {i} {j}", "Python");
                await session.SendAsync(OutgoingMessage.Text($"answer {j}"), ScriptedPeer.Limit);
                Assert.Equal($"answer {j}", await client.ReadLineAsync());
            }
        }

        await client.FinishAsync();
    }

    [Fact]
    public async Task Our_aes_clients_and_their_server()
    {
        // 39 % of their handshakes have a colon where an original client breaks, 3 % of their values too, and the first for certain.
        using PythonPeer server = Start("aes-server", "0");
        int port = await server.ReadPortAsync();
        await using StationSession other = await ChatListeners.ConnectAsync(port, "AesChat", "Other");
        for (int i = 0; i < 5; i++)
        {
            await using StationSession session = await ChatListeners.ConnectAsync(port, "AesChat", "Alice");
            for (int j = 0; j < 2; j++)
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
    public async Task Their_aes_clients_and_our_server_always_succeed()
    {
        // With an original server about 12 of these would break.
        const int Sessions = 30;
        await using StationListener listener = ChatListeners.Start(null, "Station", "IdeaStation", "AesChat");
        using PythonPeer client = Start("aes-client", Text(listener.Port), Text(Sessions));
        for (int i = 0; i < Sessions; i++)
        {
            StationSession session = await listener.AcceptAsync(ScriptedPeer.Limit);
            Assert.Equal($"python{i}", session.PeerName);
            for (int j = 0; j < 4; j++)
            {
                await ChatAssert.ReceivesAsync(session, $"ping {j}", $"python{i}");
                await session.SendAsync(OutgoingMessage.Text($"pong {j}, with a text that is longer than a block"), ScriptedPeer.Limit);
                Assert.Equal($"pong {j}, with a text that is longer than a block", await client.ReadLineAsync());
            }

            Assert.Contains("left", (await ChatAssert.EndsAsync(session, StationFault.SessionClosed)).Message, StringComparison.Ordinal);
        }

        await client.FinishAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static PythonPeer Start(params string[] arguments) =>
        PythonPeer.Start("Chat/peers/chat_peer.py", PythonPackage.Pycryptodome, arguments);
}
