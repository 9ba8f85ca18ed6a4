using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;
using SecureStation.Core.Trust;

namespace SecureStation.Benchmarks;

/// <summary>A session over loopback, with a state on both sides or on none.</summary>
internal sealed class DurablePair(string folder, bool isDurable) : IDisposable
{
    private readonly StationKeyPair _serverKey = StationKeyPair.Generate();
    private readonly StationKeyPair _clientKey = StationKeyPair.Generate();
    private StationListener _listener = null!;
    private StationState? _sender;
    private StationState? _receiver;
    private StationSession _client = null!;
    private StationSession _server = null!;

    /// <summary>How many commits there were on either side.</summary>
    public (long Sender, long Receiver) Commits => (_sender?.Shared.Writer.Commits ?? 0, _receiver?.Shared.Writer.Commits ?? 0);

    public async Task OpenAsync()
    {
        if (isDurable)
        {
            _sender = StationState.Open(Path.Combine(folder, "sender.state"), _clientKey.PublicKey.Fingerprint);
            _receiver = StationState.Open(Path.Combine(folder, "receiver.state"), _serverKey.PublicKey.Fingerprint);
        }

        var trust = new ListenerTrust();
        trust.Admit(_clientKey.PublicKey, _serverKey);
        _listener = StationListener.Start(new StationListenerOptions { KeyPair = _serverKey, Trust = trust, State = _receiver });
        _client = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = _listener.Port,
            KeyPair = _clientKey,
            Trust = new ClientTrust { ExpectedFingerprint = _serverKey.Fingerprint },
            Reconnect = isDurable,
            State = _sender,
        });
        _server = await _listener.AcceptAsync();
    }

    /// <summary>Sends messages without waiting for each, until all are received and acknowledged.</summary>
    public async Task SendAsync(int size, int count)
    {
        OutgoingMessage message = OutgoingMessage.Bytes(new byte[size]);
        Task receiving = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await _server.ReceiveAsync();
            }
        });
        ulong last = 0;
        for (int i = 0; i < count; i++)
        {
            last = await _client.QueueAsync(message);
        }

        await _client.WaitDeliveredAsync(last);
        await receiving;
    }

    /// <summary>Sends messages each of which is stored before the next one is sent.</summary>
    public async Task SendAloneAsync(int size, int count)
    {
        OutgoingMessage message = OutgoingMessage.Bytes(new byte[size]);
        for (int i = 0; i < count; i++)
        {
            await _client.SendAsync(message);
        }

        for (int i = 0; i < count; i++)
        {
            await _server.ReceiveAsync();
        }
    }

    public void Dispose()
    {
        _client.Abort();
        _listener.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        _sender?.Dispose();
        _receiver?.Dispose();
        _serverKey.Dispose();
        _clientKey.Dispose();
    }
}
