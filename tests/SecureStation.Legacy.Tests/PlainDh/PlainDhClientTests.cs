using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Transport;
using SecureStation.Legacy.PlainDh;

namespace SecureStation.Legacy.Tests.PlainDh;

public class PlainDhClientTests
{
    private static readonly DhParameter s_group = DhGroup.Get("ffdhe2048").Parameter;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, StationFault> BadServers => new()
    {
        { "other greeting", StationFault.ProtocolError },
        { "closes at once", StationFault.Truncated },
        { "closes after greeting", StationFault.Truncated },
        { "refuses parameters", StationFault.ProtocolError },
        { "garbage parameters", StationFault.InvalidParameter },
        { "endless parameters", StationFault.ProtocolError },
        { "tiny prime", StationFault.InvalidParameter },
        { "composite prime", StationFault.InvalidParameter },
        { "bad generator", StationFault.InvalidParameter },
        { "large unknown prime", StationFault.InvalidParameter },
        { "refuses key", StationFault.ProtocolError },
        { "closes without a key", StationFault.Truncated },
        { "key of 1", StationFault.InvalidParameter },
        { "key of another group", StationFault.InvalidParameter },
        { "garbage key", StationFault.InvalidKey },
    };

    [Theory]
    [MemberData(nameof(BadServers))]
    public async Task A_bad_server_is_one_typed_error(string what, StationFault fault)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        Task serving = ServeAsync(right, what);
        StationException error = await Assert.ThrowsAsync<StationException>(
            () => PlainDhClient.ExchangeAsync(left, new DhClientOptions { Host = "memory" }, Token));
        Assert.Equal(fault, error.Fault);
        if (what is "refuses key")
        {
            Assert.Equal("Invalid client public key, hanging up", error.PeerHint);
        }

        await serving;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(3072)]
    public async Task Any_segmentation_will_do(int segment)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        using DhKeyPair own = DhKeyPair.Generate(s_group, cancellationToken: Token);
        Task<DhSharedSecret> exchange = PlainDhClient.ExchangeAsync(left, new DhClientOptions { Host = "memory" }, Token);
        await ExpectAsync(right, "Hello");
        await SendAsync(right, "Hey there!", segment);
        await ExpectAsync(right, "Params?");
        await SendAsync(right, s_group.ToPem(), segment);
        string key = await ExpectAsync(right, "Client public key:");
        await SendAsync(right, "Server public key:" + own.PublicKey.ToPem(), segment);
        await right.DisposeAsync();

        using DhSharedSecret secret = await exchange;
        using DhSharedSecret expected = DhExchange.Agree(own, DhPublicKey.Import(Encoding.ASCII.GetBytes(key["Client public key:".Length..]), cancellationToken: Token));
        Assert.Equal(expected.ToHex(), secret.ToHex());
    }

    [Fact]
    public async Task A_server_with_other_parameters_than_expected_is_refused()
    {
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0 }, Token);
        var options = new DhClientOptions { Host = "127.0.0.1", Port = server.Port, Parameter = DhGroup.Get("modp2048").Parameter };
        Assert.Equal(StationFault.InvalidParameter, (await Assert.ThrowsAsync<StationException>(() => new PlainDhWire().ExchangeAsync(options, Token))).Fault);
        using DhSharedSecret secret = await new PlainDhWire().ExchangeAsync(options with { Parameter = s_group }, Token);
        Assert.Equal(256, secret.Length);
    }

    [Fact]
    public async Task A_silent_server_is_waited_for_only_so_long()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new DhClientOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Timeout = TimeSpan.FromMilliseconds(300) };
        Assert.Equal(StationFault.Timeout, (await Assert.ThrowsAsync<StationException>(() => new PlainDhWire().ExchangeAsync(options, Token))).Fault);

        using var cancellation = new CancellationTokenSource(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PlainDhWire().ExchangeAsync(options with { Timeout = TimeSpan.FromMinutes(1) }, cancellation.Token));
    }

    [Fact]
    public async Task Nobody_there_is_ConnectFailed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        StationException error = await Assert.ThrowsAsync<StationException>(
            () => new PlainDhWire().ExchangeAsync(new DhClientOptions { Host = "127.0.0.1", Port = port }, Token));
        Assert.Equal(StationFault.ConnectFailed, error.Fault);
    }

    private static async Task ServeAsync(MemoryTransport server, string what)
    {
        try
        {
            await ExpectAsync(server, "Hello");
            await SendAsync(server, what switch { "other greeting" => "Hey There!", "closes at once" => "", _ => "Hey there!" });
            if (what is "other greeting" or "closes at once" or "closes after greeting")
            {
                return;
            }

            await ExpectAsync(server, "Params?");
            await SendAsync(server, what switch
            {
                "refuses parameters" => "I do not understand you, hanging up",
                "garbage parameters" => "-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n",
                "endless parameters" => "-----BEGIN DH PARAMETERS-----\n" + new string('A', 4000),
                "tiny prime" => new DhParameter(23, 5).ToPem(),
                "composite prime" => new DhParameter(s_group.Prime + 2, 2).ToPem(),
                "bad generator" => new DhParameter(s_group.Prime, 1).ToPem(),
                "large unknown prime" => new DhParameter(DhGroup.Get("modp6144").Prime + 2, 2).ToPem(),
                _ => s_group.ToPem(),
            });
            if (!what.Contains("key", StringComparison.Ordinal))
            {
                return;
            }

            await ExpectAsync(server, "Client public key:");
            using DhKeyPair other = DhKeyPair.Generate(DhGroup.Get("modp2048").Parameter, cancellationToken: Token);
            await SendAsync(server, what switch
            {
                "refuses key" => "Invalid client public key, hanging up",
                "closes without a key" => "",
                "key of 1" => "Server public key:" + KeyOfOne(),
                "key of another group" => "Server public key:" + other.PublicKey.ToPem(),
                _ => "Server public key:-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            });
        }
        catch (IOException)
        {
            // The client hung up, as it should.
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static string KeyOfOne()
    {
        // The key whose value is 2 (the generator), with the value replaced: the last byte of the DER.
        byte[] der = DhPublicKey.FromValue(s_group, 2, cancellationToken: Token).ToSubjectPublicKeyInfo();
        der[^1] = 1;
        return PemEncoding.WriteString("PUBLIC KEY", der) + "\n";
    }

    private static async Task<string> ExpectAsync(MemoryTransport transport, string start)
    {
        byte[] buffer = new byte[3072];
        int count = await transport.ReadAsync(buffer, Token);
        string text = Encoding.ASCII.GetString(buffer, 0, count);
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        return text;
    }

    private static async Task SendAsync(MemoryTransport transport, string text, int segment = int.MaxValue)
    {
        foreach (byte[] part in Encoding.ASCII.GetBytes(text).Chunk(segment))
        {
            await transport.WriteAsync(part, Token);
            await Task.Yield();
        }
    }
}
