using System.Buffers.Binary;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions.Resuming;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.State;

/// <summary>Sessions that outlive their process. Its end is played here by one that says nothing to the peer; tests/endurance kills real ones.</summary>
public sealed class StateTests : IAsyncDisposable
{
    private static readonly StationException s_killed = new(StationFault.SessionClosed, "killed");

    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _serverKey = StationKeyPair.Generate();
    private readonly StationKeyPair _clientKey = StationKeyPair.Generate();
    private readonly List<StationListener> _listeners = [];
    private CuttingProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        foreach (StationListener listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _folder.Dispose();
        _serverKey.Dispose();
        _clientKey.Dispose();
    }

    [Fact]
    public async Task What_a_client_had_accepted_is_sent_after_its_restart_and_what_it_had_not_read_is_still_there()
    {
        StationListener listener = Listen();
        SecureSession client = await ConnectAsync();
        var server = (SecureSession)await listener.AcceptAsync(Token);
        await client.SendAsync(OutgoingMessage.Text("before"), Token);
        ulong id = await server.SendAsync(OutgoingMessage.Text("unread"), Token);
        await server.WaitDeliveredAsync(id, Token);
        _proxy.IsShut = true;
        _proxy.Cut();
        await ResumedPair.Until(() => client.State == StationSessionState.Reconnecting);
        await client.SendAsync(new OutgoingMessage(StationMessageKind.Object, "{}"u8.ToArray()) { Headers = [new("a", "b")] }, Token);
        await KillAsync(client);
        StateSession stored = Assert.Single(StationState.List(ClientFile));
        Assert.Equal(("Waiting", 1L), (stored.Status, stored.Unread));
        Assert.InRange(stored.Undelivered, 1, 2);
        _proxy.IsShut = false;

        SecureSession again = await ConnectAsync();
        Assert.Equal(client.Id, again.Id);
        Assert.Equal("before", (await server.ReceiveAsync(Token)).Body);
        StationMessage second = await server.ReceiveAsync(Token);
        Assert.Equal((StationMessageKind.Object, "b"), (second.Kind, second.GetHeader("a")));
        StationMessage unread = await again.ReceiveAsync(Token);
        Assert.True(unread.Redelivered);
        Assert.Equal("unread", unread.Body);
        await again.CloseAsync(Token);
        await ResumedPair.Until(() => StationStateIsEmpty(ClientFile));
    }

    [Fact]
    public async Task A_request_that_was_under_way_when_its_process_died_is_not_made_by_the_next_and_the_session_goes_on()
    {
        StationListener listener = Listen();
        SecureSession client = await ConnectAsync();
        var server = (SecureSession)await listener.AcceptAsync(Token);
        server.Services.SwitchOn("echo");
        _proxy.IsShut = true;
        _proxy.Cut();
        await ResumedPair.Until(() => client.State == StationSessionState.Reconnecting);
        Task<StationMessage> asking = client.Services.RequestAsync(OutgoingMessage.Service("echo", new byte[300]), Token);
        await ResumedPair.Until(() => client.HeldOutgoing > 0);
        await KillAsync(client);
        await Assert.ThrowsAnyAsync<StationException>(() => asking);
        _proxy.IsShut = false;
        SecureSession again = await ConnectAsync();
        await again.WaitDeliveredAsync(await again.SendAsync(OutgoingMessage.Text("next"), Token), Token);
        Assert.Equal("next", (await server.ReceiveAsync(Token)).Body);
        Assert.Equal((2, 304), (server.MessagesReceived, server.BytesReceived));
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.Services.ReceiveAsync("echo", atOnce.Token));
        await again.CloseAsync(Token);
    }

    [Fact]
    public async Task A_listener_that_begins_again_goes_on_with_its_sessions()
    {
        StationListener listener = Listen();
        SecureSession client = await ConnectAsync();
        var server = (SecureSession)await listener.AcceptAsync(Token);
        ulong id = await client.SendAsync(OutgoingMessage.Text("unread there"), Token);
        await client.WaitDeliveredAsync(id, Token);
        _proxy.IsShut = true;
        _proxy.Cut();
        await ResumedPair.Until(() => server.State == StationSessionState.Reconnecting);
        await server.SendAsync(OutgoingMessage.Text("from the listener"), Token);
        await listener.StopAsync(Token);
        listener = Listen();
        _proxy.IsShut = false;
        StationMessage unread = await listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token);
        Assert.Equal(("unread there", true), (unread.Body, unread.Redelivered));
        Assert.Equal("from the listener", (await client.ReceiveAsync(Token)).Body);
        await client.SendAsync(OutgoingMessage.Text("and on"), Token);
        Assert.Equal("and on", (await listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body);
        await client.CloseAsync(Token);
    }

    [Fact]
    public async Task Through_restarts_of_both_every_message_arrives_once_and_in_order()
    {
        const int Count = 2000;
        StationListener listener = Listen();
        var random = new Random(7);
        int received = 0;
        int sent = 0;
        SecureSession client = await ConnectAsync();
        for (int round = 0; received < Count; round++)
        {
            int until = Math.Min(Count, sent + random.Next(400));
            while (sent < until)
            {
                byte[] body = new byte[4 + random.Next(300)];
                BinaryPrimitives.WriteInt32BigEndian(body, sent++);
                await client.SendAsync(OutgoingMessage.Bytes(body), Token);
            }

            for (int take = random.Next(500); take > 0 && (sent < Count || received < Count) && received < sent; take--)
            {
                StationMessage message = await listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token);
                int number = BinaryPrimitives.ReadInt32BigEndian(message.BodyBytes.Span);
                if (number == received)
                {
                    received++;
                }
                else
                {
                    Assert.True(message.Redelivered && number < received, $"{number} where {received} was due");
                }
            }

            switch (round % 3)
            {
                case 0:
                    _proxy.Cut();
                    break;
                case 1:
                    await KillAsync(client);
                    client = await ConnectAsync();
                    break;
                default:
                    _proxy.IsShut = true;
                    _proxy.Cut();
                    await ResumedPair.Until(() => listener.Sessions.All(static session => session.State != StationSessionState.Open));
                    await listener.StopAsync(Token);
                    listener = Listen();
                    _proxy.IsShut = false;
                    break;
            }
        }

        await client.CloseAsync(Token);
    }

    [Fact]
    public async Task A_session_that_the_listener_keeps_no_longer_gives_way_to_a_new_one_and_what_was_not_delivered_stays()
    {
        StationListener listener = Listen();
        SecureSession client = await ConnectAsync();
        _proxy.IsShut = true;
        _proxy.Cut();
        await ResumedPair.Until(() => client.State == StationSessionState.Reconnecting);
        await client.SendAsync(OutgoingMessage.Text("stays"), Token);
        await KillAsync(client);
        await listener.StopAsync(Token);
        StationState.Clear(ServerFile);
        Listen();
        _proxy.IsShut = false;
        SecureSession next = await ConnectAsync();
        Assert.NotEqual(client.Id, next.Id);
        await KillAsync(next);
        await ResumedPair.Until(() => IsFree(ClientFile));
        IReadOnlyList<StateSession> stored = StationState.List(ClientFile);
        Assert.Equal(("SessionLost", 1L), stored.Where(session => session.Id == client.Id).Select(static session => (session.Status, session.Undelivered)).Single());
    }

    private string ClientFile => Path.Combine(_folder.Path, "client.state");

    private string ServerFile => Path.Combine(_folder.Path, "server.state");

    // A session that has ended lets go of its file a moment later.
    private static bool IsFree(string file)
    {
        try
        {
            StationState.List(file);
            return true;
        }
        catch (StationException e) when (e.Fault == StationFault.StateFailed)
        {
            return false;
        }
    }

    private static bool StationStateIsEmpty(string file)
    {
        try
        {
            return StationState.List(file).Count == 0;
        }
        catch (StationException e) when (e.Fault == StationFault.StateFailed)
        {
            // Still in use.
            return false;
        }
    }

    private StationListener Listen()
    {
        StationListener listener = StationListener.Start(new StationListenerOptions
        {
            KeyPair = _serverKey,
            Trust = new ListenerTrust { Mode = TrustMode.Any },
            State = StationState.Open(ServerFile, _serverKey.PublicKey.Fingerprint),
            Limits = new StationLimits { MaxResumesPerSecond = 1000 },
        });
        _listeners.Add(listener);
        _proxy ??= new CuttingProxy(listener.Port);
        _proxy.TargetPort = listener.Port;
        return listener;
    }

    private async Task<SecureSession> ConnectAsync()
    {
        using StationState state = StationState.Open(ClientFile, _clientKey.PublicKey.Fingerprint);
        return (SecureSession)await StationClient.ConnectAsync(
            ResumedPair.Options(_listeners[^1], _proxy.Port, _clientKey, reconnect: true) with { State = state }, Token).WaitAsync(TestListener.Patience, Token);
    }

    // The process is gone: nothing is said to the peer, nothing more is written.
    private static async Task KillAsync(SecureSession session)
    {
        session.Suspend(s_killed);
        await session.WhenOverAsync();
        await Task.Delay(50, Token);
    }
}
