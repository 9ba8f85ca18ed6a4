using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Connecting;
using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>A listener that answers each connection of the product's client as a test says, frame by frame.</summary>
internal sealed class FakeResumer : IAsyncDisposable
{
    public const string Id = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly StationKeyPair _key = StationKeyPair.Generate();

    private FakeResumer() => _listener.Start();

    public SecureSession Client { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A client that reconnects has begun a session, and the connection of it.</summary>
    public static async Task<(FakeResumer Resumer, FakePeer Peer)> BeginAsync()
    {
        var resumer = new FakeResumer();
        Task<Core.Sessions.StationSession> connecting = StationClient.ConnectAsync(
            new StationClientOptions
            {
                Host = "127.0.0.1",
                Port = ((IPEndPoint)resumer._listener.LocalEndpoint).Port,
                Trust = new ClientTrust { ExpectedFingerprint = resumer._key.Fingerprint },
                Reconnect = true,
                Suite = Suites.Hybrid,
            },
            Token);
        (FakePeer peer, WelcomeFrame asked) = await resumer.AcceptAsync();
        Assert.Equal((WelcomeFrame.NoSession, 0ul, true), (asked.SessionId, asked.LastId, asked.IsKept));
        await peer.SendAsync(Welcome(Id, 0));
        resumer.Client = (SecureSession)await connecting.WaitAsync(TestListener.Patience, Token);
        return (resumer, peer);
    }

    public static byte[] Welcome(string id, ulong lastId, bool isKept = true, uint maxMessage = 1 << 24)
    {
        byte[] frame = new byte[FrameHeader.Size + WelcomeFrame.BodyLength];
        new WelcomeFrame(id, lastId, maxMessage, 1 << 20, isKept).Write(frame);
        return frame;
    }

    /// <summary>The client's next connection, after the handshake, and the Welcome that it sent.</summary>
    public async Task<(FakePeer Peer, WelcomeFrame Welcome)> AcceptAsync(StationKeyPair? key = null)
    {
        Socket socket = await _listener.AcceptSocketAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token);
        var peer = new FakePeer(new TcpTransport(socket)) { Identity = KeyFile.ParsePrivate(KeyFile.FormatPrivate(key ?? _key)) };
        await peer.RespondAsync();
        (FrameType type, _, byte[] body) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Welcome, type);
        return (peer, WelcomeFrame.Read(body));
    }

    public ValueTask DisposeAsync()
    {
        Client.Abort();
        _listener.Dispose();
        _key.Dispose();
        return ValueTask.CompletedTask;
    }
}
