using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>Threads, time and I/O around a core, under a clock that the test moves.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The session disposes of its transport.")]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2012", Justification = "Whether a send is done at once is what is tested.")]
public class SessionPumpTests
{
    private readonly FakeTimeProvider _time = new();
    private RecordingTransport _transport = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_quiet_sessions_send_is_written_on_the_callers_thread()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            int before = _transport.Writes.Length;
            Assert.True(session.SendAsync(OutgoingMessage.Text("x"), Token).IsCompletedSuccessfully);
            Assert.Equal(Environment.CurrentManagedThreadId, Assert.Single(_transport.Writes[before..]).Thread);
            Assert.Equal(FrameType.Message, (await peer.ReadFrameAsync()).Type);
        }
    }

    [Fact]
    public async Task What_is_sent_while_a_write_is_under_way_goes_out_together()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            _transport.Hold();
            int before = _transport.Writes.Length;
            for (int i = 0; i < 100; i++)
            {
                Assert.True(session.SendAsync(OutgoingMessage.Text($"{i}"), Token).IsCompletedSuccessfully);
            }

            Assert.Single(_transport.Writes[before..]);
            _transport.Release();
            for (ulong id = 1; id <= 100; id++)
            {
                Assert.Equal(id, BinaryPrimitives.ReadUInt64BigEndian((await peer.ReadFrameAsync()).Body));
            }

            Assert.Equal(2, _transport.Writes[before..].Length);
        }
    }

    [Fact]
    public async Task Sends_close_to_one_another_are_the_writers()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            await session.SendAsync(OutgoingMessage.Text("inline"), Token);
            await peer.ReadFrameAsync();
            await session.SendAsync(OutgoingMessage.Text("within 10 us"), Token);
            await peer.ReadFrameAsync();
            _time.Advance(TimeSpan.FromMicroseconds(10));
            int before = _transport.Writes.Length;
            await session.SendAsync(OutgoingMessage.Text("inline"), Token);
            Assert.Equal(before + 1, _transport.Writes.Length);
            await peer.ReadFrameAsync();
        }
    }

    [Theory]
    [InlineData("time")]
    [InlineData("number")]
    [InlineData("bytes")]
    [InlineData("delivery")]
    [InlineData("close")]
    [InlineData("question")]
    public async Task Messages_of_a_stream_wait_for_one_another_until_something_ends_the_wait(string what)
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            ulong id = await FillStreamAsync(peer, session);
            int before = _transport.Writes.Length;
            for (int i = 0; i < (what == "number" ? 64 : 5); i++)
            {
                Assert.Equal(before, _transport.Writes.Length);
                await session.SendAsync(OutgoingMessage.Bytes(new byte[what == "bytes" && i == 4 ? 256 * 1024 : 10]), Token);
            }

            Task waiting = Task.CompletedTask;
            switch (what)
            {
                case "time":
                    _time.Advance(TimeSpan.FromMilliseconds(1));
                    break;
                case "delivery":
                    waiting = session.WaitDeliveredAsync(id + 1, Token);
                    break;
                case "close":
                    waiting = session.CloseAsync(Token);
                    break;
                case "question":
                    await peer.SendAsync(Wire.Text(1, "question"));
                    break;
            }

            Assert.Equal(id + 1, BinaryPrimitives.ReadUInt64BigEndian((await peer.ReadFrameAsync()).Body));
            _ = waiting;
            session.Abort();
        }
    }

    [Fact]
    public async Task Messages_that_wait_for_one_another_go_out_when_there_is_no_room_for_more()
    {
        (FakePeer peer, SecureSession session) = await StartAsync(new StationLimits { OutboxMessages = 20 });
        await using (peer)
        {
            ulong id = await FillStreamAsync(peer, session);
            Task<ulong> waiting = Task.FromResult(0ul);
            int sent = 0;
            while (waiting.IsCompletedSuccessfully)
            {
                waiting = session.SendAsync(OutgoingMessage.Text("x"), Token).AsTask();
                sent++;
            }

            // Nobody moves the clock.
            for (ulong next = id + 1; next < id + (ulong)sent; next++)
            {
                Assert.Equal(next, BinaryPrimitives.ReadUInt64BigEndian((await peer.ReadFrameAsync()).Body));
            }

            session.Abort();
            await Expect.FaultAsync(StationFault.SessionClosed, waiting);
        }
    }

    [Fact]
    public async Task A_user_that_never_lets_go_of_the_thread_it_was_woken_on_stops_nothing()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            using var release = new ManualResetEventSlim();
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task user = UseAsync();
            await peer.SendAsync(Wire.Text(1, "a"));
            await held.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

            await peer.SendAsync(Wire.Ping(7), Wire.Text(2, "b"));
            Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            await Expect.UntilAsync(() => session.InboxCount == 1);
            release.Set();
            await user.WaitAsync(TimeSpan.FromSeconds(60), Token);

            async Task UseAsync()
            {
                await session.ReceiveAsync(Token).ConfigureAwait(false);
                held.SetResult();
                release.Wait(TimeSpan.FromSeconds(60), Token);
                Assert.Equal("b", (await session.ReceiveAsync(Token).ConfigureAwait(false)).Body);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sender_that_never_lets_go_of_the_thread_that_freed_its_room_stops_nothing(bool somebodyReceives)
    {
        (FakePeer peer, SecureSession session) = await StartAsync(new StationLimits { OutboxMessages = 1 });
        await using (peer)
        {
            using var release = new ManualResetEventSlim();
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<StationMessage>? receiving = somebodyReceives ? session.ReceiveAsync(Token).AsTask() : null;
            await session.SendAsync(OutgoingMessage.Text("first"), Token);
            Task sender = SendAsync();
            await peer.ReadFrameAsync();
            await peer.SendAsync(Wire.Ack(1, 0));
            await held.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

            Assert.Equal(FrameType.Message, (await peer.ReadFrameAsync()).Type);
            await peer.SendAsync(Wire.Ping(7), Wire.Text(1, "a"));
            Assert.Equal(FrameType.Pong, (await peer.ReadFrameAsync()).Type);
            if (receiving is not null)
            {
                Assert.Equal("a", (await receiving.WaitAsync(TimeSpan.FromSeconds(60), Token)).Body);
            }

            release.Set();
            await sender.WaitAsync(TimeSpan.FromSeconds(60), Token);

            async Task SendAsync()
            {
                // With a token that can be cancelled, who waits goes on elsewhere anyway.
                await session.SendAsync(OutgoingMessage.Text("waits for room"), CancellationToken.None).ConfigureAwait(false);
                held.SetResult();
                release.Wait(TimeSpan.FromSeconds(60), Token);
            }
        }
    }

    [Fact]
    public async Task A_stream_that_pauses_is_none_and_an_answer_does_not_wait()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            await FillStreamAsync(peer, session);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await AssertIsInlineAsync();
            await peer.SendAsync(Wire.Text(1, "question"));
            await session.ReceiveAsync(Token);
            _time.Advance(TimeSpan.FromMicroseconds(10));
            await AssertIsInlineAsync();
        }

        async Task AssertIsInlineAsync()
        {
            int before = _transport.Writes.Length;
            await session.SendAsync(OutgoingMessage.Text("x"), Token);
            Assert.Equal(before + 1, _transport.Writes.Length);
            await peer.ReadFrameAsync();
        }
    }

    [Fact]
    public async Task An_Ack_waits_2_ms_for_others()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Text(1, "a"));
            await session.ReceiveAsync(Token);
            await peer.SendAsync(Wire.Text(2, "b"));
            await session.ReceiveAsync(Token);
            int before = _transport.Writes.Length;
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before, _transport.Writes.Length);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync(withAcks: true);
            Assert.Equal((FrameType.Ack, 2ul, 2ul), (type, BinaryPrimitives.ReadUInt64BigEndian(body), BinaryPrimitives.ReadUInt64BigEndian(body.AsSpan(8))));
        }
    }

    [Fact]
    public async Task What_is_taken_is_told_also_when_all_of_it_was_taken_after_the_last_Ack()
    {
        (FakePeer peer, SecureSession session) = await StartAsync(new StationLimits { Window = 1000 });
        await using (peer)
        {
            long taken = 0;
            for (ulong id = 1; id <= 200; id++)
            {
                await peer.SendAsync(Wire.Message(id, 2, new byte[300]));
                await session.ReceiveAsync(Token);
                _time.Advance(TimeSpan.FromMilliseconds(2));
                while (taken < 300 * (long)id)
                {
                    (FrameType type, _, byte[] body) = await peer.ReadFrameAsync(withAcks: true);
                    Assert.Equal(FrameType.Ack, type);
                    taken = BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(8));
                    _time.Advance(TimeSpan.FromMilliseconds(2));
                }
            }
        }
    }

    [Fact]
    public async Task After_a_failed_write_the_peers_reason_counts_if_it_comes_within_a_second()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            _transport.Break();
            await session.SendAsync(OutgoingMessage.Text("x"), Token);
            await peer.SendAsync(Wire.Close(StationReason.Busy));
            await peer.Transport.CompleteWritesAsync();
            StationException end = await Expect.EndAsync(StationFault.SessionClosed, session);
            Assert.Equal("Busy", end.PeerHint);
        }
    }

    [Fact]
    public async Task A_failed_write_ends_a_session_after_a_second()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            _transport.Break();
            await session.SendAsync(OutgoingMessage.Text("x"), Token);
            _time.Advance(TimeSpan.FromSeconds(0.9));
            Assert.Equal(StationSessionState.Open, session.State);
            while (session.State != StationSessionState.Closed)
            {
                // The write fails on another thread, perhaps after the clock has moved.
                await Task.Delay(1, Token);
                _time.Advance(TimeSpan.FromSeconds(0.1));
            }

            await Expect.EndAsync(StationFault.Truncated, session);
            Assert.True(_transport.IsAborted);
        }
    }

    [Fact]
    public async Task A_close_that_nobody_answers_ends_after_five_seconds_and_cuts_nothing_off()
    {
        (FakePeer peer, SecureSession session) = await StartAsync();
        await using (peer)
        {
            Task closing = session.CloseAsync(Token);
            Assert.Equal(StationReason.Closed, await peer.ReadCloseAsync());
            _time.Advance(TimeSpan.FromSeconds(4.9));
            Assert.False(closing.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(0.1));
            await closing.WaitAsync(TimeSpan.FromSeconds(30), Token);
            Assert.True(_transport.IsDisposed);
            Assert.False(_transport.IsAborted);
        }
    }

    [Fact]
    public async Task An_end_frees_whoever_waits_and_a_write_that_is_held()
    {
        (FakePeer peer, SecureSession session) = await StartAsync(new StationLimits { OutboxMessages = 1 });
        await using (peer)
        {
            _transport.Hold();
            await session.SendAsync(OutgoingMessage.Text("held"), Token);
            Task sending = session.SendAsync(OutgoingMessage.Text("waits for room"), Token).AsTask();
            Task delivering = session.WaitDeliveredAsync(1, Token);
            Task receiving = session.ReceiveAsync(Token).AsTask();
            session.Abort();
            await Expect.FaultAsync(StationFault.SessionClosed, sending);
            await Expect.FaultAsync(StationFault.Undelivered, delivering);
            await Expect.FaultAsync(StationFault.SessionClosed, receiving);
            await session.WhenOverAsync().WaitAsync(TimeSpan.FromSeconds(30), Token);
            Assert.Throws<StationException>(() => session.Export("label", 32));
        }
    }

    /// <summary>Sends until the next message would wait for others; returns the last id.</summary>
    private async Task<ulong> FillStreamAsync(FakePeer peer, SecureSession session)
    {
        ulong id = 0;
        for (int i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromMicroseconds(20));
            id = await session.SendAsync(OutgoingMessage.Text("x"), Token);
            await peer.ReadFrameAsync();
        }

        return id;
    }

    private async Task<(FakePeer Peer, SecureSession Session)> StartAsync(StationLimits? limits = null)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(limits, wrap: inner => _transport = new RecordingTransport(inner), time: _time);
        return (peer, (SecureSession)session);
    }
}
