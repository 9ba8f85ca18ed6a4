using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Legacy.PlainDh;

namespace SecureStation.Legacy.Tests.PlainDh;

public sealed class PlainDhServerTests : IAsyncDisposable
{
    private const string NotUnderstood = "I do not understand you, hanging up";
    private const string InvalidKey = "Invalid client public key, hanging up";
    private static readonly DhParameter s_group = DhGroup.Get("ffdhe2048").Parameter;

    private readonly DhServer _server = new PlainDhWire().Start(
        new DhServerOptions { Port = 0, ExchangeTimeout = TimeSpan.FromSeconds(60) }, TestContext.Current.CancellationToken);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_byte_is_as_the_old_program_sends_it()
    {
        using DhKeyPair own = DhKeyPair.Generate(s_group, cancellationToken: Token);
        using RawClient client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync("Hello");
        Assert.Equal("Hey there!", await client.ReadUntilAsync("!"));
        await client.SendAsync("Params?");
        string parameters = await client.ReadUntilAsync("-----END DH PARAMETERS-----");
        Assert.Equal(s_group.ToPem(), parameters);
        Assert.Equal(424, parameters.Length);
        string message = "Client public key:" + own.PublicKey.ToPem();
        Assert.True(message.Length is 818 or 822 or 814, message.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await client.SendAsync(message);
        string answer = await client.ReadToEndAsync();

        Assert.StartsWith("Server public key:-----BEGIN PUBLIC KEY-----\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("-----END PUBLIC KEY-----\n", answer, StringComparison.Ordinal);
        DhPublicKey theirs = DhPublicKey.Import(Encoding.ASCII.GetBytes(answer["Server public key:".Length..]), s_group, cancellationToken: Token);
        using DhSharedSecret secret = DhExchange.Agree(own, theirs);
        using DhSharedSecret received = await _server.ReceiveAsync(Token);
        Assert.Equal(secret.ToHex(), received.ToHex());
        Assert.Equal(own.PublicKey, received.PeerPublicKey);
        Assert.Equal(1, _server.ExchangesCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Any_segmentation_will_do(int segment)
    {
        using DhKeyPair own = DhKeyPair.Generate(s_group, cancellationToken: Token);
        using RawClient client = await RawClient.ConnectAsync(_server.Port);

        // White space around the messages is stripped, and a hasty client need not wait for answers.
        await client.SendSlowlyAsync(" \r\nHello\n", segment);
        await client.SendSlowlyAsync("Params?\v", segment);
        await client.SendSlowlyAsync("Client public key:" + own.PublicKey.ToPem() + "\n", segment);
        string all = await client.ReadToEndAsync();

        Assert.StartsWith("Hey there!-----BEGIN DH PARAMETERS-----", all, StringComparison.Ordinal);
        Assert.Contains("Server public key:", all, StringComparison.Ordinal);
        using DhSharedSecret received = await _server.ReceiveAsync(Token);
        Assert.Equal(own.PublicKey, received.PeerPublicKey);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("Params?")]
    [InlineData("Helloo")]
    [InlineData("Hello there")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("\u00ff\u00fe\u00fd")]
    public async Task A_wrong_first_message_is_not_understood(string said)
    {
        using RawClient client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync(said);
        Assert.Equal(NotUnderstood, await client.ReadToEndAsync());
        await AssertAliveAsync(StationFault.ProtocolError);
    }

    [Fact]
    public async Task A_wrong_second_message_is_not_understood()
    {
        using RawClient client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync("Hello");
        await client.ReadUntilAsync("!");
        await client.SendAsync("Hello");
        Assert.Equal(NotUnderstood, await client.ReadToEndAsync());
        await AssertAliveAsync(StationFault.ProtocolError);
    }

    public static TheoryData<string> BadKeys =>
    [
        "no prefix", "server prefix", "garbage PEM", "empty PEM", "RSA", "X25519", "other group", "same prime other generator",
        "0", "1", "p-1", "p", "p+1", "non-residue", "over-long", "oversize",
    ];

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task A_wrong_key_is_refused(string what)
    {
        string badKey = BadKey(what);
        using RawClient client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync("Hello");
        await client.ReadUntilAsync("!");
        await client.SendAsync("Params?");
        await client.ReadUntilAsync("-----END DH PARAMETERS-----");
        await client.SendAsync(badKey);
        Assert.Equal(InvalidKey, await client.ReadToEndAsync());
        await AssertAliveAsync(what switch
        {
            "no prefix" or "server prefix" or "oversize" => StationFault.ProtocolError,
            "garbage PEM" or "empty PEM" or "RSA" => StationFault.InvalidKey,
            _ => StationFault.InvalidParameter,
        });
    }

    [Fact]
    public async Task A_client_that_stops_sending_gets_its_refusal_and_is_gone()
    {
        using RawClient client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync("Hel");
        client.EndSending();
        Assert.Equal(NotUnderstood, await client.ReadToEndAsync());
        await AssertAliveAsync(StationFault.Truncated);
    }

    [Fact]
    public async Task A_slow_client_is_dropped_when_its_time_is_over()
    {
        // Enough for the client that comes after it, on a busy machine too.
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0, ExchangeTimeout = TimeSpan.FromSeconds(5) }, Token);
        using RawClient client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync("Hello");
        await client.ReadUntilAsync("!");
        Assert.Equal(NotUnderstood, await client.ReadToEndAsync());
        await AssertAliveAsync(StationFault.Timeout, server);
    }

    [Fact]
    public async Task Clients_that_say_nothing_keep_nobody_out()
    {
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0, MaxConnections = 8 }, Token);
        var silent = new List<RawClient>();
        for (int i = 0; i < 40; i++)
        {
            try
            {
                silent.Add(await RawClient.ConnectAsync(server.Port));
            }
            catch (SocketException)
            {
                // Dropped for the next one before its connect came back.
            }
        }

        // Those that still wait to be accepted would come after this client, which would then be the oldest.
        await Task.Delay(500, Token);
        using DhSharedSecret secret = await new PlainDhWire().ExchangeAsync(new DhClientOptions { Host = "127.0.0.1", Port = server.Port }, Token);
        using DhSharedSecret received = await server.ReceiveAsync(Token);
        Assert.Equal(secret.ToHex(), received.ToHex());
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_queue_is_bounded_and_drops_the_oldest()
    {
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0, QueueLength = 2, ExchangeTimeout = TimeSpan.FromSeconds(60) }, Token);
        var secrets = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            using DhSharedSecret secret = await new PlainDhWire().ExchangeAsync(new DhClientOptions { Host = "127.0.0.1", Port = server.Port }, Token);
            secrets.Add(secret.ToHex());
            while (server.ExchangesCompleted <= i)
            {
                await Task.Delay(5, Token);
            }
        }

        await server.StopAsync();
        Assert.Equal(1, server.SecretsDropped);
        Assert.True(server.TryReceive(out DhSharedSecret? second));
        Assert.Equal(secrets[1], second.ToHex());
        Assert.Equal(secrets[2], (await server.ReceiveAsync(Token)).ToHex());
        StationException over = await Assert.ThrowsAsync<StationException>(() => server.ReceiveAsync(Token));
        Assert.Equal(StationFault.SessionClosed, over.Fault);
        Assert.False(server.IsListening);
    }

    [Fact]
    public void Bad_parameters_are_not_served()
    {
        var weak = new DhServerOptions { Port = 0, Parameter = new DhParameter(23, 5) };
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => new PlainDhWire().Start(weak, Token)).Fault);
        var taken = new DhServerOptions { Port = _server.Port };
        Assert.Equal(StationFault.ListenFailed, Assert.Throws<StationException>(() => new PlainDhWire().Start(taken, Token)).Fault);
    }

    [Fact]
    public void The_implementation_is_found_by_Core()
    {
        Assert.True(LegacyProtocols.IsPresent);
        Assert.True(LegacyProtocols.TryFind(out IDhWire? wire));
        Assert.IsType<PlainDhWire>(wire);
    }

    private static string BadKey(string what)
    {
        BigInteger p = s_group.Prime;
        switch (what)
        {
            case "no prefix":
                using (DhKeyPair own = DhKeyPair.Generate(s_group, cancellationToken: Token))
                {
                    return own.PublicKey.ToPem();
                }

            case "server prefix":
                return "Server public key:-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n";
            case "garbage PEM":
                return "Client public key:-----BEGIN PUBLIC KEY-----\nnot base64 at all\n-----END PUBLIC KEY-----\n";
            case "empty PEM":
                return "Client public key:-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n";
            case "RSA":
                using (var rsa = RSA.Create(2048))
                {
                    return "Client public key:" + rsa.ExportSubjectPublicKeyInfoPem();
                }

            case "X25519":
                using (DhKeyPair own = DhKeyPair.GenerateX25519())
                {
                    return "Client public key:" + own.PublicKey.ToPem();
                }

            case "other group":
                using (DhKeyPair own = DhKeyPair.Generate(DhGroup.Get("modp2048").Parameter, cancellationToken: Token))
                {
                    return "Client public key:" + own.PublicKey.ToPem();
                }

            case "oversize":
                return "Client public key:" + new string('A', 4000);
            case "same prime other generator":
                return Key(p, 4, 16);
            default:
                return Key(p, 2, what switch
                {
                    "0" => 0,
                    "1" => 1,
                    "p-1" => p - 1,
                    "p" => p,
                    "p+1" => p + 1,
                    "non-residue" => 7,
                    _ => (BigInteger.One << 4000) + 1,
                });
        }
    }

    private static string Key(BigInteger p, BigInteger g, BigInteger y)
    {
        var value = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        value.WriteInteger(y);
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.3.1");
                using (writer.PushSequence())
                {
                    writer.WriteInteger(p);
                    writer.WriteInteger(g);
                }
            }

            writer.WriteBitString(value.Encode());
        }

        return "Client public key:" + PemEncoding.WriteString("PUBLIC KEY", writer.Encode()) + "\n";
    }

    /// <summary>The failure is reported with its reason, and the next client is served.</summary>
    private async Task AssertAliveAsync(StationFault fault, DhServer? server = null)
    {
        server ??= _server;
        using DhSharedSecret secret = await new PlainDhWire().ExchangeAsync(new DhClientOptions { Host = "127.0.0.1", Port = server.Port }, Token);
        using DhSharedSecret received = await server.ReceiveAsync(Token);
        Assert.Equal(secret.ToHex(), received.ToHex());
        for (int i = 0; i < 3000 && server.ExchangesFailed == 0; i++)
        {
            await Task.Delay(10, Token);
        }

        DhServerFailure failure = Assert.Single(server.RecentFailures);
        Assert.Equal(fault, failure.Error.Fault);
    }
}
