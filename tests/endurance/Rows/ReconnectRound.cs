using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;
using CutAgainProxy = SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy;

namespace SecureStation.Endurance.Rows;

/// <summary>A client that reconnects, its listener, and a proxy between them that cuts.</summary>
internal sealed class ReconnectRound : IAsyncDisposable
{
    private readonly int _messages;
    private readonly Random _random;
    private readonly StationKeyPair _key;
    private readonly CutAgainProxy _proxy;
    private StationListener _listener;

    private ReconnectRound(int messages, Random random, StationKeyPair key, StationListener listener)
    {
        (_messages, _random, _key, _listener) = (messages, random, key, listener);
        _proxy = new CutAgainProxy(listener.Port);
    }

    private SecureSession Client { get; set; } = null!;

    private SecureSession Server { get; set; } = null!;

    public static async Task<ReconnectRound> StartAsync(int messages, Random random, CancellationToken token)
    {
        var key = StationKeyPair.Generate();
        var round = new ReconnectRound(messages, random, key, Listen(key));
        round.Client = (SecureSession)await StationClient.ConnectAsync(
            new StationClientOptions
            {
                Host = "127.0.0.1",
                Port = round._proxy.Port,
                Trust = new ClientTrust { ExpectedFingerprint = key.Fingerprint },
                Reconnect = true,
                Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
            },
            token);
        round.Server = (SecureSession)await round._listener.AcceptAsync(token);
        return round;
    }

    /// <summary>All messages, both ways, over cuts. How many there were.</summary>
    public async Task<int> RunAsync(CancellationToken token)
    {
        Task all = Task.WhenAll(SendAllAsync(Client, token), SendAllAsync(Server, token), ReceiveAllAsync(Client, token), ReceiveAllAsync(Server, token));
        Task cutting = CutAsync(all, token);
        await all;
        await cutting;
        await Client.CloseAsync(token);
        await Server.CloseAsync(token);
        foreach (SecureSession session in (SecureSession[])[Client, Server])
        {
            Require(session.MessagesReceived == _messages && session.MessagesUndelivered == 0 && !session.TryReceive(out _), $"{session.MessagesReceived} came, {session.MessagesUndelivered} undelivered.");
        }

        return Client.Resumes;
    }

    /// <summary>The listener goes at a random moment and comes back without the session. How many messages both sides call undelivered, and unknown.</summary>
    public async Task<(int Undelivered, int Unknown)> RunUntilLostAsync(CancellationToken token)
    {
        int goAfter = _random.Next(50, _messages);
        Task<int> fromClient = SendUntilLostAsync(Client, token);
        Task<int> fromServer = SendUntilLostAsync(Server, token);
        while (Server.MessagesReceived < goAfter && !fromClient.IsCompleted)
        {
            await Task.Delay(1, token);
        }

        _proxy.CutAfter(_random.Next(20_000));
        await Task.Delay(_random.Next(20), token);
        _proxy.IsShut = true;
        _proxy.Cut();
        while (!Server.IsCut)
        {
            // One that has not noticed the cut would be closed in order.
            await Task.Delay(1, token);
        }

        await _listener.DisposeAsync();
        _listener = Listen(_key);
        _proxy.TargetPort = _listener.Port;
        _proxy.IsShut = false;
        (int first, int second) = await JudgeAsync(Client, await fromClient, Server, token);
        (int third, int fourth) = await JudgeAsync(Server, await fromServer, Client, token);
        return (first + third, second + fourth);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        await _proxy.DisposeAsync();
        await _listener.DisposeAsync();
        _key.Dispose();
    }

    private static StationListener Listen(StationKeyPair key) => StationListener.Start(
        new StationListenerOptions { KeyPair = key, Trust = new ListenerTrust { Mode = TrustMode.Any }, Limits = StationLimits.Default with { MaxResumesPerSecond = 1000 } });

    // Each message of the sender is one of three, and what it says is true of the receiver's inbox.
    private static async Task<(int Undelivered, int Unknown)> JudgeAsync(SecureSession sender, int sent, SecureSession receiver, CancellationToken token)
    {
        while (receiver.EndReason is null)
        {
            await Task.Delay(5, token);
        }

        long arrived = 0;
        while (receiver.TryReceive(out StationMessage? message))
        {
            Require(NumberedMessages.Read(message) == ++arrived, $"Message {NumberedMessages.Read(message)} where {arrived} was due.");
        }

        int undelivered = 0, unknown = 0;
        for (int number = 1; number <= sent; number++)
        {
            switch (await FateAsync(sender, (ulong)number, token))
            {
                case null:
                    Require(number <= arrived, $"Message {number} counts as delivered, {arrived} arrived.");
                    break;
                case StationFault.Undelivered:
                    Require(number > arrived, $"Message {number} counts as undelivered, {arrived} arrived.");
                    undelivered++;
                    break;
                case StationFault.Unknown:
                    unknown++;
                    break;
                case var other:
                    throw new InvalidOperationException($"Message {number}: {other}.");
            }
        }

        return (undelivered, unknown);
    }

    private static async Task<StationFault?> FateAsync(SecureSession sender, ulong id, CancellationToken token)
    {
        try
        {
            await sender.WaitDeliveredAsync(id, token);
            return null;
        }
        catch (StationException e)
        {
            return e.Fault;
        }
    }

    private async Task SendAllAsync(SecureSession session, CancellationToken token)
    {
        for (int number = 1; number <= _messages; number++)
        {
            await session.SendAsync(NumberedMessages.Make(number), token);
        }

        await session.WaitDeliveredAsync((ulong)_messages, token);
    }

    // The inbox is not read meanwhile: what the window holds back waits in the outbox.
    private static async Task<int> SendUntilLostAsync(SecureSession session, CancellationToken token)
    {
        int accepted = 0;
        try
        {
            while (true)
            {
                await session.SendAsync(NumberedMessages.Make(accepted + 1), token);
                accepted++;
            }
        }
        catch (StationException e) when (e.Fault is StationFault.SessionLost or StationFault.SessionClosed)
        {
            // Lost, or closing where the listener is just being stopped: either way nothing more was accepted.
            return accepted;
        }
    }

    private async Task ReceiveAllAsync(SecureSession session, CancellationToken token)
    {
        for (int number = 1; number <= _messages; number++)
        {
            StationMessage message = await session.ReceiveAsync(token);
            Require(NumberedMessages.Read(message) == number && message.Id == (ulong)number, $"Message {NumberedMessages.Read(message)} where {number} was due.");
        }
    }

    // Armed while there is no connection, since all 1,000 messages, 750 KB each way, go in a moment; a handshake may be cut too.
    private async Task CutAsync(Task all, CancellationToken token)
    {
        _proxy.CutAfter(_random.Next(300_000));
        while (!all.IsCompleted)
        {
            if (Client.State == StationSessionState.Reconnecting)
            {
                _proxy.CutAfter(_random.Next(300_000));
            }

            await Task.Delay(5, token);
        }

        _proxy.CutAfter(long.MaxValue);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
