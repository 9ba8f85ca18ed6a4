using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Listening;

public class AcceptedSessionsTests
{
    private readonly AcceptedSessions _sessions = new(new StationLimits { MaxSessions = 3, MaxUnread = 100_000 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ended_sessions_that_nobody_accepts_are_let_go_of_also_behind_one_that_stays()
    {
        FakeSession staying = Add();
        WeakReference first = AddAndEnd();
        for (int i = 0; i < 1024; i++)
        {
            AddAndEnd();
        }

        GC.Collect();
        Assert.False(first.IsAlive);
        Assert.Same(staying, await _sessions.AcceptAsync(Token));
        for (int i = 0; i < 1024; i++)
        {
            Assert.Equal(StationSessionState.Closed, (await _sessions.AcceptAsync(Token)).State);
        }

        Task<StationSession> next = _sessions.AcceptAsync(Token);
        Assert.False(next.IsCompleted);
        Assert.Same(staying, Assert.Single(_sessions.List()));
        FakeSession last = Add();
        Assert.Same(last, await next.WaitAsync(TestListener.Patience, Token));
    }

    [Fact]
    public void Messages_of_a_session_that_nobody_accepts_are_never_let_go_of()
    {
        FakeSession unread = Add();
        unread.Receive("kept");
        unread.End();
        for (int i = 0; i < 1100; i++)
        {
            AddAndEnd();
        }

        Assert.True(_sessions.TryReceive(out StationMessage? message));
        Assert.Equal("kept", message.Body);
        Assert.Empty(_sessions.List());
        Assert.Equal(0, _sessions.Unread);
    }

    [Fact]
    public void Places_are_counted_right_whatever_comes_first()
    {
        FakeSession[] three = [Add(), Add(), Add()];
        Assert.False(_sessions.TryTakePlace(null));

        // Closed, but it has not said so: there is a place all the same, and one only.
        three[0].Close();
        Assert.True(_sessions.TryTakePlace(null));
        Assert.False(_sessions.TryTakePlace(null));
        three[0].End();
        three[0].End();
        Assert.False(_sessions.TryTakePlace(null));
        _sessions.ReturnPlace();
        Assert.True(_sessions.TryTakePlace(null));
        Assert.False(_sessions.TryTakePlace(null));

        // One that had ended before it was here.
        var early = new FakeSession();
        early.Receive("x");
        early.End();
        _sessions.Add(early);
        Assert.True(_sessions.TryTakePlace(null));
        Assert.True(_sessions.TryReceive(out _));
        Assert.Equal(2, _sessions.List().Count);
    }

    [Fact]
    public async Task Of_many_who_receive_at_once_each_message_goes_to_one()
    {
        const int messages = 20_000;
        var sessions = new AcceptedSessions(new StationLimits());
        FakeSession[] many = [.. Enumerable.Range(0, 50).Select(_ => new FakeSession())];
        foreach (FakeSession session in many)
        {
            Assert.True(sessions.TryTakePlace(null));
            sessions.Add(session);
        }

        var received = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        Task[] receivers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    Assert.True(received.TryAdd((string)(await sessions.ReceiveAsync(Token)).Body!, true));
                }
            }
            catch (StationException e) when (e.Fault == StationFault.SessionClosed)
            {
                // All were received.
            }
        }))];
        Task[] senders = [.. Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < messages / 4; i++)
            {
                many[(i * 7 + sender) % many.Length].Receive($"{sender}-{i}");
                if (i % 100 == 0)
                {
                    await Task.Yield();
                }

                // Some are taken from the session itself.
                if (i % 13 == 0 && many[i % many.Length].TryReceive(out StationMessage? taken))
                {
                    Assert.True(received.TryAdd((string)taken.Body!, true));
                }
            }
        }))];
        await Task.WhenAll(senders).WaitAsync(TestListener.Patience, Token);
        long end = Environment.TickCount64 + 20_000;
        while (received.Count < messages)
        {
            Assert.True(Environment.TickCount64 < end, $"{messages - received.Count} messages were never found.");
            await Task.Delay(5, Token);
        }

        sessions.Finish();
        await Task.WhenAll(receivers).WaitAsync(TestListener.Patience, Token);
        Assert.False(sessions.TryReceive(out _));
    }

    private FakeSession Add()
    {
        Assert.True(_sessions.TryTakePlace(null));
        var session = new FakeSession();
        _sessions.Add(session);
        return session;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference AddAndEnd()
    {
        FakeSession session = Add();
        session.End();
        return new WeakReference(session);
    }

    private sealed class FakeSession() : StationSession(new SessionDescription
    {
        Id = "fake",
        Protocol = "Fake",
        Suite = "none",
        IsSecure = false,
        Role = StationRole.Responder,
        LocalAddress = "here",
        RemoteAddress = "there",
    })
    {
        private ulong _last;
        private StationSessionState _state;

        public override StationSessionState State => _state;

        public override long MessagesSent => 0;

        public override long MessagesReceived => (long)_last;

        public override long BytesSent => 0;

        public override long BytesReceived => 0;

        public void Receive(string text)
        {
            ulong id = Interlocked.Increment(ref _last);
            Assert.True(Deliver(CreateTextMessage(id, System.Text.Encoding.UTF8.GetBytes(text), text)));
        }

        public void Close() => _state = StationSessionState.Closed;

        public void End()
        {
            Close();
            Finish(new StationException(StationFault.SessionClosed, "The session was closed."));
        }

        public override ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override Task CloseAsync(CancellationToken cancellationToken = default)
        {
            End();
            return Task.CompletedTask;
        }

        public override void Abort() => End();
    }
}
