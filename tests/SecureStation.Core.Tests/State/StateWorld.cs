using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions.Resuming;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.State;

/// <summary>A listener and a client with states of their own, which stay open for the test to look at.</summary>
internal sealed class StateWorld : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _serverKey = StationKeyPair.Generate();
    private readonly StationKeyPair _clientKey = StationKeyPair.Generate();

    public StateWorld()
    {
        ServerState = StationState.Open(ServerFile, _serverKey.PublicKey.Fingerprint);
        ClientState = StationState.Open(ClientFile, _clientKey.PublicKey.Fingerprint);
    }

    public string ClientFile => _folder.File("client.state");

    public string ServerFile => _folder.File("server.state");

    public StationState ClientState { get; private set; }

    public StationState ServerState { get; private set; }

    public StationListener Listener { get; private set; } = null!;

    /// <summary>The client's bounds.</summary>
    public StationLimits Limits { get; init; } = StationLimits.Default;

    /// <summary>What both sides know of each other.</summary>
    public ITrustStore? Store { get; init; }

    public StationPublicKey ServerKey => _serverKey.PublicKey;

    public StationPublicKey ClientKey => _clientKey.PublicKey;

    /// <summary>Called by the client with what ended before it began.</summary>
    public Action<StationSession>? EndedUnread { get; init; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<(SecureSession Client, SecureSession Server)> MeetAsync()
    {
        Listener = StationListener.Start(new StationListenerOptions
        {
            KeyPair = _serverKey,
            Trust = new ListenerTrust { Mode = TrustMode.Any, Store = Store },
            State = ServerState,
            Limits = new StationLimits { MaxResumesPerSecond = 1000 },
        });
        return (await ConnectAsync(), (SecureSession)await Listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token));
    }

    public async Task<SecureSession> ConnectAsync() => (SecureSession)await StationClient.ConnectAsync(
        ResumedPair.Options(Listener, Listener.Port, _clientKey, reconnect: true) with
        {
            State = ClientState,
            Limits = Limits,
            Trust = new ClientTrust { ExpectedFingerprint = ServerKey.Fingerprint, Store = Store },
            EndedUnread = EndedUnread,
        },
        Token).WaitAsync(TestListener.Patience, Token);

    /// <summary>The client's process ends, and another opens the file.</summary>
    public async Task<SecureSession> RestartClientAsync(SecureSession client)
    {
        client.Suspend(new StationException(StationFault.SessionClosed, "killed"));
        await client.WhenOverAsync();
        ClientState.Dispose();
        ClientState = StationState.Open(ClientFile, _clientKey.PublicKey.Fingerprint);
        return await ConnectAsync();
    }

    /// <summary>From now on there is no more room than the file has; then as much as one likes.</summary>
    public static void Fill(StationState state, bool isFull) => state.Shared.Writer.Read(
        tables => tables.LimitPages(isFull ? 1 : uint.MaxValue - 1),
        TestListener.Patience);

    public async ValueTask DisposeAsync()
    {
        if (Listener is { } listener)
        {
            await listener.DisposeAsync();
        }

        ClientState.Dispose();
        ServerState.Dispose();
        _serverKey.Dispose();
        _clientKey.Dispose();
        _folder.Dispose();
    }
}
