using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>A session that outlives its connection, over real sockets: everything arrives once and in order, and both sides say what happens.</summary>
public class ResumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_while_there_is_no_connection_arrives_after_it()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        await pair.Client.SendAsync(OutgoingMessage.Text("before"), Token);
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Client.State == StationSessionState.Reconnecting && pair.Server.State == StationSessionState.Reconnecting);
        Assert.NotNull(pair.Client.Interruption);
        ulong id = await pair.Client.SendAsync(OutgoingMessage.Text("during"), Token);
        await pair.Server.SendAsync(OutgoingMessage.Text("back"), Token);
        Task delivered = pair.Client.WaitDeliveredAsync(id, Token);
        pair.Proxy.IsShut = false;
        Assert.Equal("before", (await pair.Server.ReceiveAsync(Token)).Body);
        Assert.Equal("during", (await pair.Server.ReceiveAsync(Token)).Body);
        Assert.Equal("back", (await pair.Client.ReceiveAsync(Token)).Body);
        await delivered;
        Assert.Equal((StationSessionState.Open, 1, 1), (pair.Client.State, pair.Client.Resumes, pair.Server.Resumes));
        Assert.Null(pair.Client.Interruption);
        Assert.Single(pair.Listener.Sessions);
    }

    [Fact]
    public async Task Through_many_cuts_every_message_arrives_once_and_in_order_both_ways()
    {
        const int Count = 3000;
        await using ResumedPair pair = await ResumedPair.StartAsync(new StationLimits { MaxResumesPerSecond = 1000 });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task cutting = CutAsync(pair, stop.Token);
        await Task.WhenAll(
            SendAsync(pair.Client, Count), SendAsync(pair.Server, Count), ReceiveAsync(pair.Client, Count), ReceiveAsync(pair.Server, Count));
        await stop.CancelAsync();
        await cutting;
        Assert.True(pair.Client.Resumes > 0);
        await pair.Client.CloseAsync(Token);
        await pair.Server.CloseAsync(Token);
        Assert.Equal((0, 0), (pair.Client.MessagesUndelivered, pair.Server.MessagesUndelivered));
        Assert.Equal((Count, Count), (pair.Client.MessagesReceived, pair.Server.MessagesReceived));
        Assert.False(pair.Server.TryReceive(out _));
    }

    [Fact]
    public async Task Events_tell_of_each_cut_and_each_resume_in_order()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        var told = new List<string>();
        foreach ((string name, SecureSession session) in new[] { ("client", pair.Client), ("server", pair.Server) })
        {
            session.Reconnecting += (_, e) => Tell($"{name} {e.Reason!.Fault}");
            session.Resumed += (_, _) => Tell($"{name} resumed");
            session.Lost += (_, e) => Tell($"{name} lost {e.Reason!.Fault}");
        }

        await pair.CutAndResumeAsync();
        await pair.CutAndResumeAsync();
        await ResumedPair.Until(() => Told("client").Length == 4 && Told("server").Length == 4);
        Assert.Equal(["client Truncated", "client resumed", "client Truncated", "client resumed"], Told("client"));
        Assert.Equal(["server Truncated", "server resumed", "server Truncated", "server resumed"], Told("server"));

        void Tell(string what)
        {
            lock (told)
            {
                told.Add(what);
            }
        }

        string[] Told(string name)
        {
            lock (told)
            {
                return [.. told.Where(what => what.StartsWith(name, StringComparison.Ordinal))];
            }
        }
    }

    [Fact]
    public async Task A_client_that_noticed_nothing_is_superseded_by_itself_and_both_come_together()
    {
        // The listener's half of the old connection stays open while the client comes back.
        await using ResumedPair pair = await ResumedPair.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            await pair.CutAndResumeAsync();
            await TestListener.AssertWorksAsync(pair.Listener, pair.Client, $"{i}");
        }

        Assert.Equal(3, pair.Client.Resumes);
    }

    [Fact]
    public async Task A_close_that_was_cut_is_said_again_and_both_sides_end_in_order()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Client.State == StationSessionState.Reconnecting);
        await pair.Client.SendAsync(OutgoingMessage.Text("last"), Token);
        Task closing = pair.Client.CloseAsync(Token);
        pair.Proxy.IsShut = false;
        await closing;
        Assert.Equal("last", (await pair.Server.ReceiveAsync(Token)).Body);
        await Expect.EndAsync(StationFault.SessionClosed, pair.Server);
        Assert.Equal(0, pair.Client.MessagesUndelivered);
    }

    [Fact]
    public async Task Who_comes_back_for_a_session_that_has_ended_learns_its_last_message()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        ulong id = await pair.Client.SendAsync(OutgoingMessage.Text("there"), Token);
        await pair.Client.WaitDeliveredAsync(id, Token);
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Client.State == StationSessionState.Reconnecting && pair.Server.State == StationSessionState.Reconnecting);
        ulong late = await pair.Client.SendAsync(OutgoingMessage.Text("too late"), Token);
        pair.Server.Abort();
        pair.Proxy.IsShut = false;
        await Expect.EndAsync(StationFault.SessionClosed, pair.Client);
        Assert.Equal(StationFault.Undelivered, (await Assert.ThrowsAsync<StationException>(() => pair.Client.WaitDeliveredAsync(late, Token))).Fault);
    }

    [Fact]
    public async Task A_session_that_nobody_comes_back_for_is_lost_when_its_window_ends_and_the_client_learns_it()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync(new StationLimits { ResumeWindow = TimeSpan.FromMilliseconds(200) });
        ulong acknowledged = await pair.Client.SendAsync(OutgoingMessage.Text("kept"), Token);
        await pair.Client.WaitDeliveredAsync(acknowledged, Token);
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Server.State == StationSessionState.Closed);
        Assert.Equal(StationFault.SessionLost, pair.Server.EndReason!.Fault);
        ulong unsent = await pair.Client.SendAsync(OutgoingMessage.Text("never"), Token);
        pair.Proxy.IsShut = false;
        await ResumedPair.Until(() => pair.Client.State == StationSessionState.Closed);
        Assert.Equal(StationFault.SessionLost, pair.Client.EndReason!.Fault);
        Assert.Equal(StationFault.Undelivered, (await Assert.ThrowsAsync<StationException>(() => pair.Client.WaitDeliveredAsync(unsent, Token))).Fault);
        Assert.Equal("kept", (await pair.Server.ReceiveAsync(Token)).Body);
    }

    [Fact]
    public async Task Against_a_listener_that_keeps_nothing_a_cut_is_the_end()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync(new StationLimits { ResumeWindow = TimeSpan.Zero });
        Assert.False(pair.Client.IsResumable);
        pair.Proxy.Cut();
        await Expect.EndAsync(StationFault.Truncated, pair.Client);
        await Expect.EndAsync(StationFault.Truncated, pair.Server);
    }

    [Fact]
    public async Task A_client_that_does_not_reconnect_ends_at_a_cut_on_both_sides()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync(reconnect: false);
        Assert.False(pair.Server.IsResumable);
        pair.Proxy.Cut();
        await Expect.EndAsync(StationFault.Truncated, pair.Client);
        await Expect.EndAsync(StationFault.Truncated, pair.Server);
    }

    [Fact]
    public async Task A_listener_that_stops_loses_what_is_cut_without_waiting_for_it()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Server.State == StationSessionState.Reconnecting);
        await pair.Listener.StopAsync(Token);
        Assert.Equal(StationFault.SessionLost, pair.Server.EndReason!.Fault);
    }

    [Fact]
    public async Task Who_is_invited_comes_back_by_its_key()
    {
        await using Core.Listening.StationListener listener = Core.Listening.StationListener.Start(new Core.Listening.StationListenerOptions { Trust = new Core.Trust.ListenerTrust() });
        await using var proxy = new CuttingProxy(listener.Port);
        Core.Trust.StationInvitation invitation = listener.Invitation!;
        var through = Core.Trust.StationInvitation.Parse(invitation.Reveal().Replace($":{listener.Port}?", $":{proxy.Port}?", StringComparison.Ordinal));
        await using StationSession client = await Core.Connecting.StationClient.ConnectAsync(
            new Core.Connecting.StationClientOptions { Trust = new Core.Trust.ClientTrust { Invitation = through }, Reconnect = true }, Token);
        proxy.Cut();
        await ResumedPair.Until(() => ((SecureSession)client).Resumes == 1);
        await TestListener.AssertWorksAsync(listener, client);
        Assert.DoesNotContain("psk", client.Suite, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_is_of_the_connection_in_force_and_a_protector_ends_with_its_connection()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        byte[] before = pair.Client.Export("label", 32);
        MessageProtector old = pair.Client.Protector;
        _ = pair.Server.Protector;
        await pair.CutAndResumeAsync();
        byte[] after = pair.Client.Export("label", 32);
        Assert.NotEqual(before, after);
        Assert.Equal(after, pair.Server.Export("label", 32));
        Assert.Equal(pair.Client.HandshakeHash.ToArray(), pair.Server.HandshakeHash.ToArray());
        Assert.Equal(StationFault.SessionResumed, Assert.Throws<StationException>(() => old.Protect(OutgoingMessage.Text("x"))).Fault);
        Assert.Equal("y", pair.Server.Protector.Unprotect(pair.Client.Protector.Protect(OutgoingMessage.Text("y"))).Body);
    }

    [Fact]
    public async Task A_request_and_its_answer_outlive_a_cut()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        pair.Server.Services.SwitchOn("echo");
        Task<StationMessage> asking = pair.Client.Services.RequestAsync(OutgoingMessage.Service("echo", "question"u8.ToArray()), Token);
        StationMessage question = await pair.Server.Services.ReceiveAsync("echo", Token);
        pair.Proxy.IsShut = true;
        pair.Proxy.Cut();
        await ResumedPair.Until(() => pair.Server.State == StationSessionState.Reconnecting);
        await pair.Server.SendAsync(OutgoingMessage.Service("echo", question.BodyBytes, question.Id), Token);
        pair.Proxy.IsShut = false;
        Assert.Equal("question"u8.ToArray(), (await asking).BodyBytes.ToArray());
        Assert.Equal(1, pair.Client.Resumes);
    }

    private static async Task CutAsync(ResumedPair pair, CancellationToken stop)
    {
        var random = new Random(15);
        try
        {
            while (true)
            {
                pair.Proxy.CutAfter(random.Next(200_000));
                await Task.Delay(random.Next(20, 300), stop);
            }
        }
        catch (OperationCanceledException)
        {
            pair.Proxy.CutAfter(long.MaxValue);
        }
    }

    private static async Task SendAsync(SecureSession session, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] body = new byte[4 + (i * 7919 % 1500)];
            BinaryPrimitives.WriteInt32BigEndian(body, i);
            await session.SendAsync(OutgoingMessage.Bytes(body), Token);
        }

        await session.WaitDeliveredAsync((ulong)count, Token);
    }

    private static async Task ReceiveAsync(SecureSession session, int count)
    {
        for (int i = 0; i < count; i++)
        {
            StationMessage message = await session.ReceiveAsync(Token);
            Assert.Equal(((ulong)i + 1, i), (message.Id, BinaryPrimitives.ReadInt32BigEndian(message.BodyBytes.Span)));
            Assert.Equal(4 + (i * 7919 % 1500), message.Length);
        }
    }
}
