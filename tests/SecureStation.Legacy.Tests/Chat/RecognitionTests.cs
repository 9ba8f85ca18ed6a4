using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;
using SecureStation.Legacy.AesChat;
using SecureStation.Legacy.Chat;
using SecureStation.Legacy.IdeaStation;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>One port for several protocols, and what it takes to use an insecure one at all.</summary>
public class RecognitionTests
{
    private static readonly byte[] s_pem = TextbookRsaKeyPair.Generate(0).PublicPem;

    [Fact]
    public void Finds_the_protocols_of_the_legacy_assembly() =>
        Assert.Equal(["Station", "AesChat", "IdeaStation"], StationProtocols.All.Select(static protocol => protocol.Name));

    [Theory]
    [InlineData("", 0, ProtocolMatch.Undecided, ProtocolMatch.Undecided)]
    [InlineData("SecureStation/1", 0, ProtocolMatch.No, ProtocolMatch.No)]
    [InlineData("-----BEGIN", 1000, ProtocolMatch.Undecided, ProtocolMatch.Undecided)]
    [InlineData("-----BEGIN PRIVATE", 0, ProtocolMatch.No, ProtocolMatch.No)]
    [InlineData("PEM", 0, ProtocolMatch.Undecided, ProtocolMatch.Undecided)]
    [InlineData("PEM", 299, ProtocolMatch.Undecided, ProtocolMatch.Undecided)]
    [InlineData("PEM", 300, ProtocolMatch.Yes, ProtocolMatch.Undecided)]
    [InlineData("PEM\n", 300, ProtocolMatch.Yes, ProtocolMatch.Undecided)]
    [InlineData("PEM:", 0, ProtocolMatch.No, ProtocolMatch.Yes)]
    [InlineData("PEM\r\n:", 0, ProtocolMatch.No, ProtocolMatch.Yes)]
    [InlineData("PEM4", 0, ProtocolMatch.Yes, ProtocolMatch.No)]
    public void Tells_the_chats_apart_by_the_colon(string received, int silence, ProtocolMatch idea, ProtocolMatch aes)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(received.Replace("PEM", System.Text.Encoding.ASCII.GetString(s_pem), StringComparison.Ordinal));
        Assert.Equal(idea, new IdeaStationProtocol().Recognise(bytes, TimeSpan.FromMilliseconds(silence)));
        Assert.Equal(aes, new AesChatProtocol().Recognise(bytes, TimeSpan.FromMilliseconds(silence)));
    }

    [Fact]
    public async Task One_port_speaks_all_three()
    {
        await using StationListener listener = ChatListeners.Start(null, "Station", "IdeaStation", "AesChat");
        Assert.Equal(["Station", "IdeaStation", "AesChat"], listener.Protocols);
        foreach (string protocol in listener.Protocols)
        {
            await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, protocol, "Alice");
            StationSession server = await listener.AcceptAsync(ScriptedPeer.Limit);
            Assert.Equal(protocol, server.Protocol);
            Assert.Equal(protocol == "Station", server.IsSecure);
            Assert.Equal(server.Id, client.Id);
            await client.SendAsync(OutgoingMessage.Text("hello"), ScriptedPeer.Limit);
            await ChatAssert.ReceivesAsync(server, "hello", protocol == "Station" ? null : "Alice");
            await server.SendAsync(OutgoingMessage.Text("hi"), ScriptedPeer.Limit);
            await ChatAssert.ReceivesAsync(client, "hi");
        }
    }

    [Fact]
    public async Task Recognises_across_any_cut()
    {
        await using StationListener listener = ChatListeners.Start(null, "Station", "IdeaStation", "AesChat");
        await using ScriptedPeer idea = await ChatListeners.ConnectRawAsync(listener.Port);
        await idea.DripAsync(s_pem);
        await idea.ExpectAsync("YES");
        await using ScriptedPeer aes = await ChatListeners.ConnectRawAsync(listener.Port);
        await aes.DripAsync([.. s_pem, (byte)':', .. AesSessionValue.Digest(s_pem)]);
        await aes.ExpectAsync("(");
    }

    [Fact]
    public async Task Refuses_what_no_protocol_begins_with()
    {
        await using StationListener listener = ChatListeners.Start(null, "Station", "IdeaStation", "AesChat");
        Task<StationException> failure = ChatListeners.NextFailure(listener);
        await using ScriptedPeer http = await ChatListeners.ConnectRawAsync(listener.Port);
        await http.SendAsync("GET / HTTP/1.1\r\n");
        await http.ExpectEndAsync();
        Assert.Equal(StationFault.HandshakeFailed, (await failure).Fault);
    }

    [Theory]
    [InlineData("IdeaStation", "same 16 bytes")]
    [InlineData("AesChat", "in clear")]
    public async Task Nothing_insecure_without_being_allowed(string protocol, string weakness)
    {
        var client = new StationClientOptions { Host = "127.0.0.1", Port = 1, Trust = new ClientTrust { Mode = TrustMode.Any }, Protocol = StationProtocols.Find(protocol) };
        StationException refused = await ChatAssert.FailsAsync(StationFault.LegacyNotAllowed, () => StationClient.ConnectAsync(client));
        Assert.Contains(weakness, refused.Message, StringComparison.Ordinal);
        var listener = new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Protocols = [StationProtocols.Station, StationProtocols.Find(protocol)] };
        refused = Assert.Throws<StationException>(() => StationListener.Start(listener));
        Assert.Equal(StationFault.LegacyNotAllowed, refused.Fault);
        Assert.Contains(weakness, refused.Message, StringComparison.Ordinal);
    }
}
