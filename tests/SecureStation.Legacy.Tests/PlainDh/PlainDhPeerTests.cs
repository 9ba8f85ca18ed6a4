using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Tests.Peers;
using SecureStation.Legacy.PlainDh;

namespace SecureStation.Legacy.Tests.PlainDh;

/// <summary>Both roles against an independent implementation of the tutorial's program.</summary>
public class PlainDhPeerTests
{
    // No wait of these tests is longer.
    private static CancellationToken Token => new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token;

    // ffdhe groups come from that peer with the label X9.42 DH PARAMETERS and {p, g, q}.
    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("modp2048")]
    [InlineData("modp4096")]
    [InlineData("ffdhe8192")]
    public async Task Our_client_and_the_Python_server_get_the_same_secret(string group)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, DhGroup.Get(group).Parameter.ToPem(), Token);
            using var peer = Start("dh_server.py", file);
            int port = await peer.ReadPortAsync();

            using DhSharedSecret secret = await new PlainDhWire().ExchangeAsync(new DhClientOptions { Host = "127.0.0.1", Port = port }, Token);

            Assert.Equal(await peer.ReadLineAsync(), secret.ToHex());
            Assert.Equal(group, secret.GroupName);
            Assert.Equal(DhGroup.Get(group).Bits / 8, secret.Length);
            await peer.FinishAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("modp2048")]
    [InlineData("modp4096")]
    public async Task The_Python_client_and_our_server_get_the_same_secret(string group)
    {
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0, Parameter = DhGroup.Get(group).Parameter }, Token);
        using var peer = Start("dh_client.py", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        using DhSharedSecret secret = await server.ReceiveAsync(Token);

        Assert.Equal(await peer.ReadLineAsync(), secret.ToHex());
        await peer.FinishAsync();
        Assert.StartsWith("127.0.0.1:", secret.RemoteAddress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_Python_clients_at_once_each_get_their_own_secret()
    {
        await using DhServer server = new PlainDhWire().Start(new DhServerOptions { Port = 0 }, Token);
        string port = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        PythonPeer[] peers = [.. Enumerable.Range(0, 4).Select(_ => Start("dh_client.py", port))];
        var ours = new HashSet<string>();
        var theirs = new HashSet<string>();
        foreach (PythonPeer peer in peers)
        {
            using DhSharedSecret secret = await server.ReceiveAsync(Token);
            ours.Add(secret.ToHex());
            theirs.Add(await peer.ReadLineAsync());
            await peer.FinishAsync();
            peer.Dispose();
        }

        Assert.Equal(4, ours.Count);
        Assert.True(ours.SetEquals(theirs));
    }

    private static PythonPeer Start(string script, params string[] arguments) =>
        PythonPeer.Start($"PlainDh/peers/{script}", PythonPackage.Cryptography, arguments);
}
