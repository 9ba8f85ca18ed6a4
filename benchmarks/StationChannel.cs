using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>A station session over TCP: identities on both sides, pinned by fingerprint.</summary>
internal sealed class StationChannel : IChannel
{
    private readonly StationKeyPair _serverKey = StationKeyPair.Generate();
    private readonly StationKeyPair _clientKey = StationKeyPair.Generate();
    private readonly StationListener _listener;
    private readonly StationClient _connector;
    private StationSession? _client;
    private StationSession? _server;

    public StationChannel(StationSuite? suite = null)
    {
        var trust = new ListenerTrust();
        trust.Admit(_clientKey.PublicKey, _serverKey);
        _listener = StationListener.Start(new StationListenerOptions { KeyPair = _serverKey, Trust = trust });
        _connector = new StationClient(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = _listener.Port,
            KeyPair = _clientKey,
            Suite = suite?.Name,
            Trust = new ClientTrust { ExpectedFingerprint = _serverKey.Fingerprint },
        });
    }

    public string Name => "station";

    public async Task ConnectOnceAsync()
    {
        StationSession client = await _connector.ConnectAsync();
        StationSession server = await _listener.AcceptAsync();
        await client.CloseAsync();
        await server.CloseAsync();
    }

    public async Task OpenAsync()
    {
        _client = await _connector.ConnectAsync();
        _server = await _listener.AcceptAsync();
    }

    public async Task SendAsync(int size, int count, Action? pace = null)
    {
        var message = OutgoingMessage.Bytes(new byte[size]);
        Task reading = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                // As a transfer does with its pieces; the other channels read into one buffer.
                (await _server!.ReceiveAsync()).RecycleBody();
            }
        });
        for (int i = 0; i < count; i++)
        {
            pace?.Invoke();
            await _client!.SendAsync(message);
        }

        await reading;
    }

    public async Task EchoAsync(int size, int count)
    {
        Task echoing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                StationMessage message = await _server!.ReceiveAsync();
                await _server.SendAsync(OutgoingMessage.Bytes(message.BodyBytes));
            }
        });
        var ping = OutgoingMessage.Bytes(new byte[size]);
        for (int i = 0; i < count; i++)
        {
            await _client!.SendAsync(ping);
            await _client.ReceiveAsync();
        }

        await echoing;
    }

    public async ValueTask DisposeAsync()
    {
        _connector.Dispose();
        await _listener.DisposeAsync();
        _serverKey.Dispose();
        _clientKey.Dispose();
    }
}
