using System.Numerics;
using System.Text;
using System.Text.Json;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Tests.Vectors;
using SecureStation.Core.Transport;
using SecureStation.Legacy.PlainDh;
using SecureStation.Legacy.Tests.Chat;

namespace SecureStation.Legacy.Tests.PlainDh;

/// <summary>Conversations of the old program, by python3-cryptography (plain-dh.json).</summary>
public class PlainDhVectorTests
{
    private static readonly JsonElement s_conversations = JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("legacy", "plain-dh.json"))).RootElement.GetProperty("conversations");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => [.. s_conversations.EnumerateArray().Select(conversation => conversation.Text("form"))];

    /// <summary>What both sides sent is read as they meant it, and gives their secret whichever side one takes.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Keys_and_parameters_give_the_secret(string form)
    {
        JsonElement conversation = Conversation(form);
        DhParameter parameter = DhParameter.Import(Encoding.ASCII.GetBytes(Message(conversation, 3)));
        Assert.Equal(DhGroup.Get("ffdhe2048").Prime, parameter.Prime);
        foreach ((string own, int ownKey, int peerKey) in new[] { ("client_key", 4, 5), ("server_key", 5, 4) })
        {
            using DhKeyPair pair = DhKeyPair.Import(Encoding.ASCII.GetBytes(conversation.Text(own)), cancellationToken: Token);
            Assert.Equal(parameter, pair.Parameter);
            Assert.Equal(Key(conversation, ownKey), pair.PublicKey);
            using DhSharedSecret secret = DhExchange.Agree(pair, Key(conversation, peerKey));
            Assert.Equal(conversation.Text("secret"), secret.ToHex());
            if (form == "PKCS#3")
            {
                Assert.Equal(Message(conversation, ownKey), Prefix(ownKey) + pair.PublicKey.ToPem());
                Assert.Equal(Message(conversation, 3), parameter.ToPem());
            }
        }
    }

    /// <summary>Our client says what the old one said, but for its own key, and has the old server's secret in the end.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Our_client_talks_to_the_old_server(string form)
    {
        JsonElement conversation = Conversation(form);
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        await using var server = new ScriptedPeer(right);
        Task<DhSharedSecret> exchange = PlainDhClient.ExchangeAsync(left, new DhClientOptions { Host = "memory" }, Token);
        await server.ExpectAsync(Message(conversation, 0));
        await server.SendAsync(Encoding.ASCII.GetBytes(Message(conversation, 1)));
        await server.ExpectAsync(Message(conversation, 2));
        await server.SendAsync(Encoding.ASCII.GetBytes(Message(conversation, 3)));
        string clientKey = string.Empty;
        while (!clientKey.EndsWith("-----END PUBLIC KEY-----\n", StringComparison.Ordinal))
        {
            byte[] received = await server.ReceiveAsync();
            Assert.NotEmpty(received);
            clientKey += Encoding.ASCII.GetString(received);
        }

        await server.SendAsync(Encoding.ASCII.GetBytes(Message(conversation, 5)));

        using DhSharedSecret secret = await exchange;
        Assert.StartsWith(Prefix(4), clientKey, StringComparison.Ordinal);
        BigInteger y = DhPublicKey.Import(Encoding.ASCII.GetBytes(clientKey[Prefix(4).Length..]), cancellationToken: Token).Value!.Value;
        var x = new BigInteger(conversation.Hex("server_x"), isUnsigned: true, isBigEndian: true);
        Assert.Equal(BigInteger.ModPow(y, x, DhGroup.Get("ffdhe2048").Prime), new BigInteger(secret.ToBytes(), isUnsigned: true, isBigEndian: true));
    }

    /// <summary>Our server says what the old one said, but for its own key, and takes the old client's.</summary>
    [Fact]
    public async Task The_old_client_talks_to_our_server()
    {
        JsonElement conversation = Conversation("PKCS#3");
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0, Parameter = DhParameter.Import(Encoding.ASCII.GetBytes(Message(conversation, 3))) }, Token);
        using RawClient client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync(Message(conversation, 0));
        Assert.Equal(Message(conversation, 1), await client.ReadUntilAsync(Message(conversation, 1)));
        await client.SendAsync(Message(conversation, 2));
        Assert.Equal(Message(conversation, 3).TrimEnd(), (await client.ReadUntilAsync("-----END DH PARAMETERS-----")).TrimEnd());
        await client.SendAsync(Message(conversation, 4));
        string serverKey = await client.ReadToEndAsync();

        Assert.StartsWith(Prefix(5), serverKey, StringComparison.Ordinal);
        BigInteger y = DhPublicKey.Import(Encoding.ASCII.GetBytes(serverKey[Prefix(5).Length..]), cancellationToken: Token).Value!.Value;
        var x = new BigInteger(conversation.Hex("client_x"), isUnsigned: true, isBigEndian: true);
        using DhSharedSecret secret = await server.ReceiveAsync(Token);
        Assert.Equal(Key(conversation, 4), secret.PeerPublicKey);
        Assert.Equal(BigInteger.ModPow(y, x, DhGroup.Get("ffdhe2048").Prime), new BigInteger(secret.ToBytes(), isUnsigned: true, isBigEndian: true));
    }

    private static JsonElement Conversation(string form) => s_conversations.EnumerateArray().Single(conversation => conversation.Text("form") == form);

    private static string Message(JsonElement conversation, int index) => conversation.GetProperty("messages")[index].Text("text");

    private static string Prefix(int index) => index == 4 ? PlainDhText.ClientKey : PlainDhText.ServerKey;

    private static DhPublicKey Key(JsonElement conversation, int index) =>
        DhPublicKey.Import(Encoding.ASCII.GetBytes(Message(conversation, index)[Prefix(index).Length..]), cancellationToken: Token);
}
