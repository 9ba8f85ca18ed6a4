using System.Text;
using System.Threading.Channels;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.AesChat;
using SecureStation.Legacy.Chat;
using SecureStation.Legacy.IdeaStation;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>Whatever a peer does wrong is one typed error with its stage, and a listener keeps serving all others.</summary>
public class ChatFailureTests
{
    private static readonly TextbookRsaKeyPair s_key = TextbookRsaKeyPair.Generate(0);
    private static readonly byte[] s_pem = s_key.PublicPem;
    private static readonly string s_pemText = Encoding.ASCII.GetString(s_pem);

    // What a client sends, step by step; between two steps the server answers.
    public static TheoryData<string, string, HandshakeStage, string[]> BadClients => new()
    {
        { "no PEM", "IdeaStation", HandshakeStage.Message1, ["hello there, this is no key"] },
        { "PEM without a key", "IdeaStation", HandshakeStage.Message1, ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] },
        { "PEM with bad base64", "IdeaStation", HandshakeStage.Message1, [s_pemText.Replace("MIG", "!!!", StringComparison.Ordinal)] },
        { "endless PEM", "IdeaStation", HandshakeStage.Message1, ["-----BEGIN PUBLIC KEY-----\n" + new string('A', 4000)] },
        { "truncated PEM", "IdeaStation", HandshakeStage.Message1, [s_pemText[..200]] },
        { "wrong digest", "IdeaStation", HandshakeStage.Message3, [s_pemText, new string('0', 40)] },
        { "upper-case digest", "IdeaStation", HandshakeStage.Message3, [s_pemText, new string('A', 40)] },
        { "digest that is none", "IdeaStation", HandshakeStage.Message3, [s_pemText, "hello"] },
        { "truncated digest", "IdeaStation", HandshakeStage.Message3, [s_pemText, "0123"] },
        { "no PEM", "AesChat", HandshakeStage.Message1, ["hello:there"] },
        { "PEM without a key", "AesChat", HandshakeStage.Message1, [WithMd5("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")] },
        { "wrong digest", "AesChat", HandshakeStage.Message1, [s_pemText + ":" + new string('0', 32)] },
        { "digest that is none", "AesChat", HandshakeStage.Message1, [s_pemText + ":hello"] },
        { "no digest", "AesChat", HandshakeStage.Message1, [s_pemText] },
        { "endless PEM", "AesChat", HandshakeStage.Message1, ["-----BEGIN PUBLIC KEY-----\n" + new string('A', 4000)] },
        { "literal that is none", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "__import__('os')"] },
        { "literal of two", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "('a','b')"] },
        { "truncated literal", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "('\\x41"] },
        { "endless literal", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "('" + new string('a', 3000)] },
        { "another value", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "('a',)"] },
        { "number above the modulus", "AesChat", HandshakeStage.Message3, [WithMd5(s_pemText), "('" + new string('z', 200) + "',)"] },
    };

    // What a server sends, step by step; before each the client speaks.
    public static TheoryData<string, string, HandshakeStage, string[]> BadServers => new()
    {
        { "NO", "IdeaStation", HandshakeStage.Message2, ["NO!"] },
        { "half a YES", "IdeaStation", HandshakeStage.Message2, ["YE"] },
        { "nothing", "IdeaStation", HandshakeStage.Message2, [""] },
        { "closes after YES", "IdeaStation", HandshakeStage.Message4, ["YES", ""] },
        { "literal that is none", "IdeaStation", HandshakeStage.Message4, ["YES", "[1]"] },
        { "code", "IdeaStation", HandshakeStage.Message4, ["YES", "__import__('os').system('id')"] },
        { "truncated literal", "IdeaStation", HandshakeStage.Message4, ["YES", "('ab\\x"] },
        { "endless literal", "IdeaStation", HandshakeStage.Message4, ["YES", "('" + new string('a', 3000)] },
        { "longer value", "IdeaStation", HandshakeStage.Message4, ["YES", Tuple(s_key, new byte[17].Select(static _ => (byte)1).ToArray())] },
        { "literal that is none", "AesChat", HandshakeStage.Message2, ["hello"] },
        { "no PEM after it", "AesChat", HandshakeStage.Message2, ["('a',):hello, this is no key"] },
        { "no colon", "AesChat", HandshakeStage.Message2, ["('a',)-----BEGIN"] },
        { "another inner", "AesChat", HandshakeStage.Message2, [Tuple(s_key, "hello"u8) + ":" + s_pemText] },
        { "wrong digest of the value", "AesChat", HandshakeStage.Message2, [Tuple(s_key, Inner("12345678", "87654321", s_pemText)) + ":" + s_pemText] },
        { "wrong digest of the key", "AesChat", HandshakeStage.Message2, [Tuple(s_key, Inner("12345678", "12345678", "other")) + ":" + s_pemText] },
        { "value that begins with zero", "AesChat", HandshakeStage.Message2, [Tuple(s_key, Inner("\0002345678", "\0002345678", s_pemText)) + ":" + s_pemText] },
        { "not Ready", "AesChat", HandshakeStage.Message4, [Tuple(s_key, Inner("12345678", "12345678", s_pemText)) + ":" + s_pemText, "0123456789abcdef"] },
        { "half of Ready", "AesChat", HandshakeStage.Message4, [Tuple(s_key, Inner("12345678", "12345678", s_pemText)) + ":" + s_pemText, "0123"] },
        { "closes before Ready", "AesChat", HandshakeStage.Message4, [Tuple(s_key, Inner("12345678", "12345678", s_pemText)) + ":" + s_pemText, ""] },
    };

    [Theory]
    [MemberData(nameof(BadClients))]
    public async Task A_listener_survives_every_client(string what, string protocol, HandshakeStage stage, string[] steps)
    {
        await using StationListener listener = ChatListeners.Start(null, protocol);
        await using StationSession before = await ChatListeners.ConnectAsync(listener.Port, protocol, "Before");
        StationSession served = await listener.AcceptAsync(ScriptedPeer.Limit);

        Task<StationException> failure = ChatListeners.NextFailure(listener);
        await using ScriptedPeer bad = await ChatListeners.ConnectRawAsync(listener.Port);
        foreach (string step in steps)
        {
            await bad.SendAsync(step);
            if (step != steps[^1])
            {
                await bad.ReceiveAsync();
            }
        }

        await bad.CompleteAsync();
        StationException e = await failure;
        Assert.True(e.Fault == StationFault.HandshakeFailed, $"{what}: {e.Message}");
        Assert.Equal(stage, e.Stage);
        Assert.DoesNotContain("unexpected", e.Message, StringComparison.OrdinalIgnoreCase);
        await AssertServesAsync(listener, protocol, before, served);
    }

    [Theory]
    [MemberData(nameof(BadServers))]
    public async Task A_client_names_every_servers_mistake(string what, string protocol, HandshakeStage stage, string[] steps)
    {
        (MemoryTransport own, MemoryTransport other) = MemoryTransport.CreatePair();
        await using var server = new ScriptedPeer(other);
        Task<StationSession> connecting = protocol == "AesChat"
            ? new AesChatProtocol().CreateClient(s_key, "Alice").ConnectAsync(own, ScriptedPeer.Limit)
            : new IdeaStationProtocol().CreateClient(s_key, "Alice").ConnectAsync(own, ScriptedPeer.Limit);
        foreach (string step in steps)
        {
            await server.ReceiveAsync();
            if (step.Length > 0)
            {
                await server.SendAsync(Encoding.Latin1.GetBytes(step));
            }
        }

        await server.CompleteAsync();
        StationException e = await ChatAssert.FailsAsync(StationFault.HandshakeFailed, () => connecting);
        Assert.True(stage == e.Stage, $"{what}: {e.Stage} {e.Message}");
    }

    [Theory]
    [InlineData("IdeaStation", 3)]
    [InlineData("AesChat", 4)]
    public async Task Clients_that_stall_time_out_and_hold_up_nobody(string protocol, int steps)
    {
        // All of them at once, so that the time is waited for once.
        var limits = new StationLimits { FirstMessageTimeout = TimeSpan.FromSeconds(3), HandshakeTimeout = TimeSpan.FromSeconds(6) };
        await using StationListener listener = ChatListeners.Start(limits, protocol);
        var failures = Channel.CreateUnbounded<StationException>();
        listener.HandshakeFailed += (_, e) => failures.Writer.TryWrite(e.Failure);
        ScriptedPeer[] stalled = await Task.WhenAll(Enumerable.Range(0, steps).Select(async step =>
        {
            ScriptedPeer peer = await ChatListeners.ConnectRawAsync(listener.Port);
            await StallAsync(peer, protocol, step);
            return peer;
        }));

        await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, protocol, "Quick");
        StationSession served = await listener.AcceptAsync(ScriptedPeer.Limit);
        for (int i = 0; i < steps; i++)
        {
            Assert.Equal(StationFault.Timeout, (await failures.Reader.ReadAsync(ScriptedPeer.Limit)).Fault);
        }

        await AssertServesAsync(listener, protocol, client, served);
        foreach (ScriptedPeer peer in stalled)
        {
            await peer.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("IdeaStation")]
    [InlineData("AesChat")]
    public async Task A_server_that_stalls_times_out(string protocol)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var options = new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port,
            Trust = new Core.Trust.ClientTrust { Mode = Core.Trust.TrustMode.Any },
            Protocol = StationProtocols.Find(protocol),
            Legacy = new LegacyOptions { IsAllowed = true },
            Limits = new StationLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(300) },
        };
        await ChatAssert.FailsAsync(StationFault.Timeout, () => StationClient.ConnectAsync(options));
    }

    [Fact]
    public async Task An_endless_name_ends_the_session()
    {
        await using StationListener listener = ChatListeners.Start(null, "AesChat");
        await using ScriptedPeer endless = await ChatListeners.ConnectRawAsync(listener.Port);
        await StallAsync(endless, "AesChat", 3);
        await endless.SendAsync("Alice");
        StationSession session = await listener.AcceptAsync(ScriptedPeer.Limit);
        await endless.SendAsync(" of " + new string('a', 3000));
        Assert.Contains("name", (await ChatAssert.EndsAsync(session, StationFault.ProtocolError)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IdeaStation")]
    [InlineData("AesChat")]
    public async Task A_session_takes_text_only_and_within_the_old_limits(string protocol)
    {
        await using StationListener listener = ChatListeners.Start(null, protocol);
        await using StationSession client = await ChatListeners.ConnectAsync(listener.Port, protocol, "Alice");
        int max = protocol == "AesChat" ? 1023 : 512 - "Alice : ".Length;
        string longest = new('x', max);
        await client.SendAsync(OutgoingMessage.Text(longest), ScriptedPeer.Limit);
        Assert.Equal(longest, (await listener.ReceiveAsync(ScriptedPeer.Limit)).Body);
        await ChatAssert.FailsAsync(StationFault.MessageTooLarge, () => client.SendAsync(OutgoingMessage.Text(longest + "x"), ScriptedPeer.Limit).AsTask());
        await ChatAssert.FailsAsync(StationFault.InvalidArgument, () => client.SendAsync(OutgoingMessage.Bytes(new byte[3]), ScriptedPeer.Limit).AsTask());
        await client.CloseAsync(ScriptedPeer.Limit);
        await ChatAssert.FailsAsync(StationFault.SessionClosed, () => client.SendAsync(OutgoingMessage.Text("late"), ScriptedPeer.Limit).AsTask());
    }

    private static async Task StallAsync(ScriptedPeer peer, string protocol, int step)
    {
        if (protocol == "IdeaStation")
        {
            if (step >= 1)
            {
                await peer.SendAsync(s_pemText[..100]);
            }

            if (step >= 2)
            {
                await peer.SendAsync(s_pemText[100..]);
                await peer.ExpectAsync("YES");
            }

            return;
        }

        if (step >= 1)
        {
            await peer.SendAsync(WithMd5(s_pemText));
            byte[] offer = await peer.ReceiveAsync();
            if (step >= 2)
            {
                await peer.SendAsync("(");
            }

            if (step >= 3)
            {
                // To Ready, and then no name.
                PythonTuple.TryRead(offer, out byte[] ciphertext, out int length);
                byte[] pem = offer[(length + 1)..];
                byte[] value = AesSessionValue.ReadInner(s_key.Decrypt(ciphertext), pem);
                await peer.SendAsync(PythonTuple.Write(TextbookRsaPublicKey.FromPem(pem).Encrypt(value))[1..]);
                await peer.ReadAsync(16);
            }
        }
    }

    private static async Task AssertServesAsync(StationListener listener, string protocol, StationSession client, StationSession served)
    {
        await client.SendAsync(OutgoingMessage.Text("still here"), ScriptedPeer.Limit);
        Assert.Equal("still here", (await served.ReceiveAsync(ScriptedPeer.Limit)).Body);
        await using StationSession after = await ChatListeners.ConnectAsync(listener.Port, protocol, "After");
        Assert.Equal(StationSessionState.Open, after.State);
    }

    private static string WithMd5(string pem) => pem + ":" + Encoding.ASCII.GetString(AesSessionValue.Digest(Encoding.ASCII.GetBytes(pem)));

    private static string Tuple(TextbookRsaKeyPair key, ReadOnlySpan<byte> value) => Encoding.ASCII.GetString(PythonTuple.Write(key.PublicKey.Encrypt(value)));

    private static byte[] Inner(string value, string digestOf, string pemDigestOf) =>
        [.. Encoding.Latin1.GetBytes(value), (byte)':', .. AesSessionValue.Digest(Encoding.Latin1.GetBytes(digestOf)), (byte)':', .. AesSessionValue.Digest(Encoding.ASCII.GetBytes(pemDigestOf))];
}
