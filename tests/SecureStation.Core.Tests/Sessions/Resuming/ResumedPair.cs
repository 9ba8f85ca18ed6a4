using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>A client that reconnects, a listener, and a proxy between them that cuts.</summary>
internal sealed class ResumedPair : IAsyncDisposable
{
    private ResumedPair(StationListener listener, CuttingProxy proxy, SecureSession client, SecureSession server)
    {
        Listener = listener;
        Proxy = proxy;
        Client = client;
        Server = server;
    }

    public StationListener Listener { get; }

    public CuttingProxy Proxy { get; }

    public SecureSession Client { get; }

    public SecureSession Server { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ResumedPair> StartAsync(StationLimits? limits = null, StationKeyPair? key = null, bool reconnect = true)
    {
        StationListener listener = TestListener.Start(limits);
        var proxy = new CuttingProxy(listener.Port);
        SecureSession client = await ConnectAsync(listener, proxy.Port, key, reconnect);
        var server = (SecureSession)await listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        return new ResumedPair(listener, proxy, client, server);
    }

    public static async Task<SecureSession> ConnectAsync(StationListener listener, int port, StationKeyPair? key = null, bool reconnect = true, string? suite = null) =>
        (SecureSession)await StationClient.ConnectAsync(Options(listener, port, key, reconnect) with { Suite = suite }, Token).WaitAsync(TestListener.Patience, Token);

    public static StationClientOptions Options(StationListener listener, int port, StationKeyPair? key, bool reconnect) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        KeyPair = key,
        Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
        Reconnect = reconnect,
    };

    /// <summary>Cuts, and waits until both sides are together again.</summary>
    public async Task CutAndResumeAsync()
    {
        int before = Client.Resumes;
        Proxy.Cut();
        await Until(() => Client.Resumes > before && Client.State == StationSessionState.Open && Server.State == StationSessionState.Open);
    }

    /// <summary>Waits, without a limit on a slow machine but that of the test.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TestListener.Patience);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Proxy.DisposeAsync();
        await Listener.DisposeAsync();
    }
}
