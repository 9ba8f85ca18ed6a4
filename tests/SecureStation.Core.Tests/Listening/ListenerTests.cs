using System.Net;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

public class ListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_clients_at_once_all_get_through()
    {
        await using StationListener listener = TestListener.Start();
        using var client = new StationClient(new StationClientOptions { Host = "127.0.0.1", Port = listener.Port, Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint } });
        StationSession[] sessions = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.ConnectAsync(Token))).WaitAsync(TestListener.Patience, Token);
        await Task.WhenAll(sessions.Select((session, i) => session.SendAsync(OutgoingMessage.Text($"{i}"), Token).AsTask()));
        var texts = new HashSet<string>();
        var accepted = new HashSet<string>();
        for (int i = 0; i < 50; i++)
        {
            texts.Add((string)(await listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body!);
            accepted.Add((await listener.AcceptAsync(Token)).Id);
        }

        Assert.Equal(50, texts.Count);
        Assert.Equal(sessions.Select(static session => session.Id).ToHashSet(), accepted);
    }

    [Fact]
    public async Task Bad_clients_disturb_nobody()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxConcurrentHandshakes = 1 });
        using var stop = new CancellationTokenSource();
        Task[] bad = [.. Enumerable.Range(0, 4).Select(i => MisbehaveAsync(listener.Port, i, stop.Token))];
        for (int i = 0; i < 5; i++)
        {
            await using StationSession session = await TestListener.ConnectAsync(listener).WaitAsync(TimeSpan.FromSeconds(60), Token);
            await TestListener.AssertWorksAsync(listener, session);
        }

        await stop.CancelAsync();
        await Task.WhenAll(bad).WaitAsync(TestListener.Patience, Token);
        Assert.True(listener.HandshakesFailed > 0);
        Assert.True(listener.IsListening);
    }

    [Fact]
    public async Task A_bad_message_3_does_not_hold_up_the_others()
    {
        // The refused client neither reads nor leaves; the only work permit must be free all the same.
        await using StationListener listener = TestListener.Start(new StationLimits { MaxConcurrentHandshakes = 1 });
        var peers = new List<FakePeer>();
        for (int i = 0; i < 12; i++)
        {
            FakePeer peer = await FakePeer.ConnectAsync(listener.Port);
            peers.Add(peer);
            await peer.SendMessage1Async();
            await peer.ReadHandshakeMessageAsync();
            await peer.SendRawAsync([0, 200, .. new byte[200]]);
        }

        await using StationSession session = await TestListener.ConnectAsync(listener).WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Task.WhenAll(peers.Select(static peer => peer.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Half_open_connections_end_in_time_and_are_reported()
    {
        var limits = new StationLimits { FirstMessageTimeout = TimeSpan.FromSeconds(3), HandshakeTimeout = TimeSpan.FromSeconds(9) };
        await using StationListener listener = TestListener.Start(limits);
        var failures = new System.Collections.Concurrent.ConcurrentQueue<StationException>();
        listener.HandshakeFailed += (_, e) => failures.Enqueue(e.Failure);
        FakePeer[] peers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FakePeer.ConnectAsync(listener.Port)));
        await peers[1].SendRawAsync("SecureStation/1 Noise_XX"u8.ToArray());
        await peers[2].SendMessage1Async();
        await peers[3].HandshakeAsync(); // and no Welcome
        await Task.WhenAll(peers.Select(static peer => peer.ReadToEndAsync())).WaitAsync(TestListener.Patience, Token);
        await WaitUntilAsync(() => failures.Count == 4);
        Assert.All(failures, static failure => Assert.Equal(StationFault.Timeout, failure.Fault));
        Assert.Equal(
            [HandshakeStage.Preamble, HandshakeStage.Preamble, HandshakeStage.Message3, HandshakeStage.Welcome],
            failures.Select(static failure => failure.Stage).Order());
        Assert.Equal((0, 4L), (listener.PendingConnections, listener.HandshakesFailed));
        await Task.WhenAll(peers.Select(static peer => peer.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_listener_that_says_nothing_is_Timeout_for_the_client()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)silent.LocalEndpoint).Port,
            Trust = new ClientTrust { Mode = TrustMode.Any },
            Limits = new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(2) },
        };
        StationException e = await Expect.FaultAsync(StationFault.Timeout, StationClient.ConnectAsync(options, Token));
        Assert.Equal(HandshakeStage.Message2, e.Stage);
    }

    [Fact]
    public async Task A_listener_that_never_welcomes_is_Timeout_at_Welcome_for_the_client()
    {
        using var server = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var options = new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)server.LocalEndpoint).Port,
            Trust = new ClientTrust { Mode = TrustMode.Any },
            Limits = new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(5) },
        };
        Task<StationSession> connecting = StationClient.ConnectAsync(options, Token);
        await using var peer = new FakePeer(new Core.Transport.TcpTransport(await server.AcceptSocketAsync(Token)));
        await peer.RespondAsync();
        StationException e = await Expect.FaultAsync(StationFault.Timeout, connecting);
        Assert.Equal(HandshakeStage.Welcome, e.Stage);
    }

    [Fact]
    public async Task A_handshake_timeout_shorter_than_that_of_the_first_message_works()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(20), FirstMessageTimeout = TimeSpan.FromSeconds(30) });
        await using StationSession session = await TestListener.ConnectAsync(listener);
        await TestListener.AssertWorksAsync(listener, session);
    }

    [Fact]
    public async Task When_too_many_wait_the_oldest_without_message_1_goes_never_the_newcomer()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxPendingConnections = 2, FirstMessageTimeout = TimeSpan.FromSeconds(60), HandshakeTimeout = TimeSpan.FromSeconds(90) });
        await using FakePeer busy = await FakePeer.ConnectAsync(listener.Port);
        await busy.SendMessage1Async();
        await busy.ReadHandshakeMessageAsync();
        await using FakePeer oldest = await FakePeer.ConnectAsync(listener.Port);
        await WaitUntilAsync(() => listener.PendingConnections == 2);
        await using FakePeer second = await FakePeer.ConnectAsync(listener.Port);
        await WaitUntilAsync(() => listener.PendingConnections == 3);

        await using FakePeer newcomer = await FakePeer.ConnectAsync(listener.Port);
        await oldest.ReadToEndAsync().WaitAsync(TestListener.Patience, Token);
        await newcomer.HandshakeAsync();
        await second.HandshakeAsync();
        await busy.SendMessage3Async();
        foreach (FakePeer peer in new[] { newcomer, second, busy })
        {
            await peer.SendAsync(Wire.Welcome());
            Assert.Equal(Core.Framing.FrameType.Welcome, (await peer.ReadFrameAsync()).Type);
        }
    }

    [Fact]
    public async Task Those_who_sent_message_1_and_wait_take_no_place_of_those_who_are_about_to_send_it()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxPendingConnections = 4, MaxHandshakes = 4 });
        await using FakePeer honest = await FakePeer.ConnectAsync(listener.Port);
        await WaitUntilAsync(() => listener.PendingConnections == 1);

        // As many as there are places in all, and then as many again: each has sent a first message and says no more.
        var flood = new List<FakePeer>();
        for (int i = 0; i < 16; i++)
        {
            FakePeer peer = await FakePeer.ConnectAsync(listener.Port);
            flood.Add(peer);
            await peer.SendMessage1Async();
            await peer.ReadHandshakeMessageAsync();
            Assert.InRange(listener.PendingConnections, 1, 5);
        }

        await honest.HandshakeAsync();
        await honest.SendAsync(Wire.Welcome());
        Assert.Equal(Core.Framing.FrameType.Welcome, (await honest.ReadFrameAsync()).Type);

        // The oldest of them were dropped, and told their watcher so.
        await flood[0].ReadToEndAsync().WaitAsync(TestListener.Patience, Token);
        await Task.WhenAll(flood.Select(static peer => peer.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task More_sessions_than_allowed_are_refused_as_Busy()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxSessions = 2 });
        await using StationSession first = await TestListener.ConnectAsync(listener);
        StationSession second = await TestListener.ConnectAsync(listener);
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener));
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);
        await second.CloseAsync(Token);
        await WaitUntilAsync(() => listener.Sessions.Count(static session => session.State != StationSessionState.Closed) == 1);
        await using StationSession third = await TestListener.ConnectAsync(listener);
    }

    [Fact]
    public async Task The_cap_on_sessions_holds_when_all_come_at_once()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxSessions = 3 });
        FakePeer[] peers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FakePeer.ConnectAsync(listener.Port)));
        foreach (FakePeer peer in peers)
        {
            await peer.HandshakeAsync();
        }

        await Task.WhenAll(peers.Select(static peer => peer.SendAsync(Wire.Welcome())));
        Core.Framing.FrameType[] answers = await Task.WhenAll(peers.Select(static async peer => (await peer.ReadFrameAsync()).Type));
        Assert.Equal(3, answers.Count(static type => type == Core.Framing.FrameType.Welcome));
        Assert.Equal(5, answers.Count(static type => type == Core.Framing.FrameType.Close));
        await WaitUntilAsync(() => listener.HandshakesFailed == 5);

        // Who gives up makes room.
        await peers[Array.IndexOf(answers, Core.Framing.FrameType.Welcome)].DisposeAsync();
        await WaitUntilAsync(() => listener.Sessions.Count == 2);
        await using StationSession session = await TestListener.ConnectAsync(listener);
        await Task.WhenAll(peers.Skip(1).Select(static peer => peer.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Accept_gives_each_session_once_in_order_also_one_that_is_closed()
    {
        await using StationListener listener = TestListener.Start();
        var ids = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            StationSession session = await TestListener.ConnectAsync(listener);
            ids.Add(session.Id);
            await session.SendAsync(OutgoingMessage.Text($"{i}"), Token);
            await session.CloseAsync(Token);
        }

        foreach (string id in ids)
        {
            StationSession session = await listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
            Assert.Equal(id, session.Id);
        }

        Task<StationSession> fourth = listener.AcceptAsync(Token);
        await Task.Delay(30, Token);
        Assert.False(fourth.IsCompleted);

        // The closed sessions' messages are still there, the oldest first.
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal($"{i}", (await listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body);
        }

        await listener.StopAsync(Token);
        await Expect.FaultAsync(StationFault.SessionClosed, fourth);
        await Expect.FaultAsync(StationFault.SessionClosed, listener.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Receive_takes_the_oldest_message_of_any_session()
    {
        await using StationListener listener = TestListener.Start();
        await using StationSession a = await TestListener.ConnectAsync(listener);
        await using StationSession b = await TestListener.ConnectAsync(listener);
        await WaitUntilAsync(() => listener.Sessions.Count == 2);
        foreach ((StationSession session, string text) in new[] { (b, "1"), (a, "2"), (b, "3"), (a, "4") })
        {
            ulong id = await session.SendAsync(OutgoingMessage.Text(text), Token);
            await session.WaitDeliveredAsync(id, Token);
        }

        for (int i = 1; i <= 4; i++)
        {
            Assert.Equal($"{i}", (await listener.ReceiveAsync(Token)).Body);
        }
    }

    [Fact]
    public async Task Stopping_while_handshakes_run_ends_them_and_the_sessions()
    {
        StationListener listener = TestListener.Start();
        StationSession session = await TestListener.ConnectAsync(listener);
        await using FakePeer half = await FakePeer.ConnectAsync(listener.Port);
        await half.SendMessage1Async();
        await half.ReadHandshakeMessageAsync();
        await using FakePeer silent = await FakePeer.ConnectAsync(listener.Port);
        await WaitUntilAsync(() => listener.PendingConnections == 2);
        await listener.StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        await half.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60), Token);
        await silent.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Expect.EndAsync(StationFault.SessionClosed, session);
        await Expect.FaultAsync(StationFault.ConnectFailed, FakePeer.ConnectAsync(listener.Port).ContinueWith(
            static task => task.IsFaulted ? throw new StationException(StationFault.ConnectFailed, "closed") : task, TaskScheduler.Default));
        Assert.Null(listener.Invitation);
        await listener.StopAsync(Token);
    }

    [Fact]
    public async Task Strangers_hear_that_they_are_untrusted_also_when_it_is_full_and_take_no_place()
    {
        using StationKeyPair friend = StationKeyPair.Generate();
        var trust = new ListenerTrust();
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = trust, Limits = new StationLimits { MaxSessions = 1 } });
        trust.Admit(friend.PublicKey, listener.KeyPair);

        // Refused, but they stay and read nothing: the only place is the friend's all the same.
        var strangers = new List<FakePeer>();
        for (int i = 0; i < 3; i++)
        {
            FakePeer stranger = await FakePeer.ConnectAsync(listener.Port);
            strangers.Add(stranger);
            await stranger.HandshakeAsync();
        }

        await using StationSession session = await TestListener.ConnectAsync(listener, friend);
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener));
        Assert.Equal(nameof(StationReason.PeerUntrusted), e.PeerHint);
        e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener, friend));
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);
        await Task.WhenAll(strangers.Select(static peer => peer.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_full_listener_uses_no_invitation_up()
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust(), Limits = new StationLimits { MaxSessions = 1 } });
        using StationInvitation other = listener.CreateInvitation(1, TimeSpan.FromHours(1));
        StationSession first = await TestListener.ConnectAsync(listener.Invitation!);
        using StationKeyPair late = StationKeyPair.Generate();
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(other, late));
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);
        await first.CloseAsync(Token);
        await WaitUntilAsync(() => listener.Sessions.Count == 0);
        await using StationSession second = await TestListener.ConnectAsync(other);
    }

    [Fact]
    public async Task A_claim_that_fails_gives_its_place_back_at_once()
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust(), Limits = new StationLimits { MaxSessions = 2 } });
        StationInvitation invitation = listener.Invitation!;
        await using StationSession first = await TestListener.ConnectAsync(invitation);

        // Refused after message 3, and it stays for the second that its refusal may take.
        await using FakePeer used = await FakePeer.ConnectAsync(listener.Port);
        await used.HandshakeAsync(Suites.HybridInvited, invitation.Id.ToArray(), invitation.UsePsk(static psk => psk.ToArray()));
        await used.SendAsync(Wire.Welcome());
        Assert.Equal(StationReason.InvitationUsed, await used.ReadCloseAsync());
        using StationInvitation other = listener.CreateInvitation(1, TimeSpan.FromHours(1));
        await using StationSession second = await TestListener.ConnectAsync(other);
    }

    [Fact]
    public async Task What_ended_sessions_left_unread_is_kept_and_its_sender_gets_no_further_one()
    {
        using StationKeyPair sender = StationKeyPair.Generate();
        await using StationListener listener = TestListener.Start(new StationLimits { MaxUnreadPerPeer = 64 * 1024 });
        await LeaveAsync(listener, sender, 70_000);
        await WaitUntilAsync(() => listener.BusyPeers.Count == 1);
        Assert.Equal(sender.Fingerprint, listener.BusyPeers[0]);
        Assert.InRange(listener.UnreadBytes, 70_000, 90_000);
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener, sender));
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);

        // Others are not their brothers' keepers.
        await using StationSession other = await TestListener.ConnectAsync(listener);
        Assert.Equal(70_000, (await listener.ReceiveAsync(Token)).Length);
        Assert.Empty(listener.BusyPeers);
        Assert.Equal(0, listener.UnreadBytes);
        await using StationSession again = await TestListener.ConnectAsync(listener, sender);
    }

    [Fact]
    public async Task What_all_ended_sessions_together_hold_is_bounded_too_and_small_ones_count_what_they_cost()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxUnread = 64 * 1024 });
        for (int i = 0; i < 8; i++)
        {
            using StationKeyPair sender = StationKeyPair.Generate();
            await LeaveAsync(listener, sender, 1);
        }

        await WaitUntilAsync(() => listener.UnreadBytes > 64 * 1024);
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(listener));
        Assert.Equal(nameof(StationReason.Busy), e.PeerHint);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(1, (await listener.ReceiveAsync(Token)).Length);
        }

        Assert.Equal(0, listener.UnreadBytes);
        Assert.Empty(listener.Sessions);
        await using StationSession session = await TestListener.ConnectAsync(listener);
    }

    [Fact]
    public async Task Receiving_from_the_session_itself_leaves_nothing_behind_for_the_listener()
    {
        await using StationListener listener = TestListener.Start();
        await using StationSession a = await TestListener.ConnectAsync(listener);
        await using StationSession b = await TestListener.ConnectAsync(listener);
        await WaitUntilAsync(() => listener.Sessions.Count == 2);
        StationSession acceptedA = listener.Sessions.Single(session => session.Id == a.Id);
        for (int round = 0; round < 3; round++)
        {
            foreach ((StationSession session, string text) in new[] { (a, "1"), (b, "2"), (a, "3"), (a, "4"), (b, "5") })
            {
                await session.WaitDeliveredAsync(await session.SendAsync(OutgoingMessage.Text(text), Token), Token);
            }

            Assert.Equal("1", (await acceptedA.ReceiveAsync(Token)).Body);
            foreach (string text in new[] { "2", "3", "4", "5" })
            {
                Assert.True(listener.TryReceive(out StationMessage? message));
                Assert.Equal(text, message.Body);
            }

            Assert.False(listener.TryReceive(out _));
        }
    }

    private static async Task LeaveAsync(StationListener listener, StationKeyPair sender, int size)
    {
        StationSession session = await TestListener.ConnectAsync(listener, sender);
        await session.WaitDeliveredAsync(await session.SendAsync(OutgoingMessage.Bytes(new byte[size]), Token), Token);
        await session.CloseAsync(Token);
    }

    private static async Task MisbehaveAsync(int port, int kind, CancellationToken stop)
    {
        var random = new Random(kind);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using FakePeer peer = await FakePeer.ConnectAsync(port);
                byte[] garbage = new byte[random.Next(1, 2000)];
                random.NextBytes(garbage);
                switch (kind)
                {
                    case 0:
                        await peer.SendRawAsync(garbage);
                        break;
                    case 1:
                        await peer.SendMessage1Async();
                        await peer.SendRawAsync(garbage);
                        break;
                    case 2:
                        await peer.HandshakeAsync();
                        await peer.SendRawAsync(garbage);
                        break;
                    default:
                        await peer.HandshakeAsync();
                        await peer.SendAsync(Wire.Welcome());
                        await peer.SendRawAsync(garbage);
                        break;
                }

                await Task.Delay(10, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                // Cut off, as it should be.
            }
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        long end = Environment.TickCount64 + 60_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, "The condition did not come true in time.");
            await Task.Delay(10, Token);
        }
    }
}
