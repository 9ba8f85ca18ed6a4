using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions;

namespace SecureStation.Core.Tests.Requests;

public class SessionRequestTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_requests_are_answered_at_once_in_both_directions()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        foreach (StationSession side in new[] { pair.Left, pair.Right })
        {
            Requests(side).Handlers.Add("echo", new ScriptedHandler(static async request =>
            {
                await Task.Yield();
                await request.WriteAsync(request.Argument!.Value);
            }));
        }

        async Task<string> AskAsync(StationSession side, string text)
        {
            using RequestCall call = await Requests(side).CallAsync("ECHO", ScriptedHandler.Text(text), Token);
            string answer = ScriptedHandler.Read((await call.ReadAsync(Token))!.Value);
            Assert.Null(await call.ReadAsync(Token));
            return answer;
        }

        string[] names = [.. Enumerable.Range(0, 200).Select(static i => $"{i}")];
        string[] answers = await Task.WhenAll(names.Select((name, i) => AskAsync(i % 2 == 0 ? pair.Left : pair.Right, name))).WaitAsync(s_patience, Token);
        Assert.Equal(names, answers);
    }

    [Fact]
    public async Task Results_wait_for_whoever_reads_them_and_hold_up_nothing_else()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        int written = 0;
        Requests(pair.Right).Handlers.Add("much", new ScriptedHandler(async request =>
        {
            for (int i = 0; i < 300; i++)
            {
                await request.WriteAsync(new RequestValue(StationMessageKind.Bytes, new byte[64 * 1024]));
                Interlocked.Increment(ref written);
            }
        }));
        using RequestCall call = await Requests(pair.Left).CallAsync("much", cancellationToken: Token);
        await Expect.UntilAsync(() => Volatile.Read(ref written) >= 4);

        // Twice the session's window has not been read: texts go through all the same.
        for (int i = 0; i < 20; i++)
        {
            await pair.Right.SendAsync(OutgoingMessage.Bytes(new byte[100 * 1024]), Token);
            await pair.Left.ReceiveAsync(Token);
        }

        Assert.Equal(4, Volatile.Read(ref written));
        int read = 0;
        while (await call.ReadAsync(Token) is not null)
        {
            read++;
        }

        Assert.Equal(300, read);
    }

    [Fact]
    public async Task A_call_that_is_given_up_stops_its_handler_whether_it_runs_writes_or_waits_for_its_turn()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        RequestRegistration one = Requests(pair.Right).Handlers.Add(
            "one",
            new ScriptedHandler(static async request =>
            {
                while (true)
                {
                    await request.WriteAsync(new RequestValue(StationMessageKind.Bytes, new byte[100_000]));
                }
            }),
            new RequestLimits { MaxRunning = 1 });
        using RequestCall first = await Requests(pair.Left).CallAsync("one", cancellationToken: Token);
        await first.ReadAsync(Token);
        RequestCall second = await Requests(pair.Left).CallAsync("one", cancellationToken: Token);
        await Expect.UntilAsync(() => one.Waiting == 1);
        second.Dispose();
        await Expect.UntilAsync(() => one.Waiting == 0);
        Assert.Equal(1, one.Running);
        first.Dispose();
        await Expect.UntilAsync(() => one.Running == 0);
        Assert.Equal((0, 1), (one.Answered, one.Failed));
    }

    [Fact]
    public async Task Who_has_its_answer_finds_the_request_counted_and_its_place_free()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        RequestRegistration one = Requests(pair.Right).Handlers.Add("one", new ScriptedHandler(static async request => await Task.Yield()));
        for (int i = 1; i <= 1000; i++)
        {
            using RequestCall call = await Requests(pair.Left).CallAsync("one", cancellationToken: Token);
            Assert.Null(await call.ReadAsync(Token));
            Assert.Equal((i, 0), (one.Answered, one.Running));
        }
    }

    [Fact]
    public async Task A_call_that_is_open_at_the_sessions_end_is_Unknown_and_its_handler_is_stopped()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        var stopped = new TaskCompletionSource();
        Requests(pair.Right).Handlers.Add("wait", new ScriptedHandler(async request =>
        {
            request.CancellationToken.Register(stopped.SetResult);
            await request.WriteAsync(ScriptedHandler.Text("begun"));
            await stopped.Task;
        }));
        using RequestCall call = await Requests(pair.Left).CallAsync("wait", cancellationToken: Token);
        Assert.Equal("begun", ScriptedHandler.Read((await call.ReadAsync(Token))!.Value));
        pair.Left.Abort();
        await Expect.FaultAsync(StationFault.Unknown, call.ReadAsync(Token));
        await stopped.Task.WaitAsync(s_patience, Token);
        await Expect.FaultAsync(StationFault.SessionClosed, Requests(pair.Left).CallAsync("wait", cancellationToken: Token));
        StationAssert.Fails(StationFault.InvalidState, () =>
        {
            SpinUntilClosed();
            Requests(pair.Right).Handlers.Add("late", new ScriptedHandler(static _ => Task.CompletedTask));
        });

        void SpinUntilClosed() => Assert.True(SpinWait.SpinUntil(() => Requests(pair.Right).Handlers.All.Count == 0, s_patience));
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_answered_for_and_keeps_its_place_until_it_ends()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        var release = new TaskCompletionSource();
        RequestRegistration stubborn = Requests(pair.Right).Handlers.Add(
            "stubborn", new ScriptedHandler(_ => release.Task), new RequestLimits { MaxRunning = 1, Timeout = TimeSpan.FromMilliseconds(200) });
        using RequestCall first = await Requests(pair.Left).CallAsync("stubborn", cancellationToken: Token);
        await Expect.FaultAsync(StationFault.Timeout, first.ReadAsync(Token));
        Assert.Equal(1, stubborn.Running);
        using RequestCall second = await Requests(pair.Left).CallAsync("stubborn", cancellationToken: Token);
        await Expect.UntilAsync(() => stubborn.Waiting == 1);
        release.SetResult();
        Assert.Null(await second.ReadAsync(Token));
    }

    [Fact]
    public async Task Failures_have_names_and_what_a_handler_did_not_mean_to_say_stays_untold()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: new StationLimits { MaxMessageSize = 100_000 }, cancellationToken: Token);
        RequestHandlers handlers = Requests(pair.Right).Handlers;
        handlers.Add("secret", new ScriptedHandler(static _ => throw new InvalidOperationException("at /home/alice, line 7")));
        handlers.Add("private", new ScriptedHandler(static _ => Task.CompletedTask, static _ => false));
        handlers.Add("asks-wrongly", new ScriptedHandler(static _ => Task.CompletedTask, static _ => throw new InvalidOperationException()));
        handlers.Add("large", new ScriptedHandler(static request => request.WriteAsync(new RequestValue(StationMessageKind.Bytes, new byte[100_001]))));
        async Task<StationException> FailAsync(string name, StationFault fault)
        {
            using RequestCall call = await Requests(pair.Left).CallAsync(name, cancellationToken: Token);
            return await Expect.FaultAsync(fault, call.ReadAsync(Token));
        }

        Assert.DoesNotContain("alice", (await FailAsync("secret", StationFault.HandlerFailed)).ToString(), StringComparison.Ordinal);
        await FailAsync("private", StationFault.NotAllowed);
        await FailAsync("asks-wrongly", StationFault.NotAllowed);
        await FailAsync("large", StationFault.MessageTooLarge);
        await FailAsync("none", StationFault.NotFound);
        await Expect.FaultAsync(StationFault.InvalidArgument, Requests(pair.Left).CallAsync("no name", cancellationToken: Token));

        using RequestCall unserved = await Requests(pair.Right).CallAsync("echo", cancellationToken: Token);
        await Expect.FaultAsync(StationFault.UnknownService, unserved.ReadAsync(Token));
    }

    [Fact]
    public async Task A_handler_that_is_taken_away_tells_whoever_waits_and_is_disposed_once()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        var never = new ScriptedHandler(static request => Task.Delay(Timeout.Infinite, request.CancellationToken));
        RequestHandlers handlers = Requests(pair.Right).Handlers;
        RequestRegistration registration = handlers.Add("never", never, new RequestLimits { MaxRunning = 1 });
        using RequestCall runs = await Requests(pair.Left).CallAsync("never", cancellationToken: Token);
        using RequestCall waits = await Requests(pair.Left).CallAsync("never", cancellationToken: Token);
        await Expect.UntilAsync(() => registration.Waiting == 1);
        var second = new ScriptedHandler(static _ => Task.CompletedTask);
        StationAssert.Fails(StationFault.AlreadyExists, () => handlers.Add("NEVER", second));
        Assert.Equal((1, 0), (second.Disposed, never.Disposed));
        handlers.Add("Never", new ScriptedHandler(static _ => Task.CompletedTask), replace: true);
        Assert.Equal("Withdrawn", (await Expect.FaultAsync(StationFault.PeerRefused, runs.ReadAsync(Token))).PeerHint);
        Assert.Equal("Withdrawn", (await Expect.FaultAsync(StationFault.PeerRefused, waits.ReadAsync(Token))).PeerHint);
        Assert.Equal((1, false), (never.Disposed, registration.IsRegistered));
        using RequestCall again = await Requests(pair.Left).CallAsync("never", cancellationToken: Token);
        Assert.Null(await again.ReadAsync(Token));
    }

    [Fact]
    public async Task A_listeners_handler_answers_in_all_its_sessions_from_the_first_message_on_and_counts_peers()
    {
        await using StationListener listener = TestListener.Start();
        int most = 0;
        int now = 0;
        var release = new TaskCompletionSource();
        RequestRegistration registration = listener.Handlers.Add(
            "busy",
            new ScriptedHandler(async _ =>
            {
                int running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                await release.Task;
                Interlocked.Decrement(ref now);
            }),
            new RequestLimits { MaxRunning = 3, MaxRunningPerPeer = 2 });
        using StationKeyPair alice = StationKeyPair.Generate();
        await using StationSession first = await TestListener.ConnectAsync(listener, alice);
        await using StationSession second = await TestListener.ConnectAsync(listener, alice);
        await using StationSession bob = await TestListener.ConnectAsync(listener);
        var calls = new List<RequestCall>();
        foreach (StationSession session in new[] { first, second, first, second, bob })
        {
            calls.Add(await Requests(session).CallAsync("busy", cancellationToken: Token));
        }

        await Expect.UntilAsync(() => registration is { Running: 3, Waiting: 2 });
        release.SetResult();
        foreach (RequestCall call in calls)
        {
            Assert.Null(await call.ReadAsync(Token));
        }

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_peer_that_asks_without_end_and_reads_no_answer_costs_a_bounded_amount()
    {
        var limits = new StationLimits { OutboxMessages = 4 };
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, window: 0);
        await using (peer)
        {
            SessionRequests requests = Requests(session);
            RequestRegistration never = requests.Handlers.Add("never", new ScriptedHandler(static request => Task.Delay(Timeout.Infinite, request.CancellationToken)));
            for (ulong id = 1; id <= 2000; id++)
            {
                await peer.SendAsync(Wire.Message(id, 4, [], headers: [("service", "request"), ("op", "call"), ("name", "never"), ("credit", "1")]));
            }

            await peer.SendAsync(Wire.Text(2001, "and this?"));
            Assert.Equal("and this?", (await session.ReceiveAsync(Token)).Body);
            await Expect.UntilAsync(() => never is { Running: 8, Waiting: 256 });
        }
    }

    [Theory]
    [InlineData("item", "text", 60_000, 6)]
    [InlineData("item", "nonsense", 1, 1)]
    [InlineData("nonsense", "text", 1, 1)]
    public async Task Answers_that_break_the_rules_end_their_call_and_not_the_session(string op, string kind, int length, int times)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            using RequestCall call = await Requests(session).CallAsync("x", cancellationToken: Token);
            await peer.ReadFrameAsync();
            for (int i = 1; i <= times; i++)
            {
                await peer.SendAsync(Wire.Message((ulong)i, 4, new byte[length], inReplyTo: 1, headers: [("service", "request"), ("op", op), ("kind", kind)]));
            }

            await peer.SendAsync(Wire.Text((ulong)times + 1, "goes on"));
            Assert.Equal("goes on", (await session.ReceiveAsync(Token)).Body);
            for (int i = 1; i < times; i++)
            {
                await call.ReadAsync(Token);
            }

            await Expect.FaultAsync(StationFault.ProtocolError, call.ReadAsync(Token));
        }
    }

    private static SessionRequests Requests(StationSession session) => SessionRequests.Of((SecureSession)session);

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
