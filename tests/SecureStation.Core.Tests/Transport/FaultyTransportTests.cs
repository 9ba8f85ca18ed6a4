using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport.Faults;

namespace SecureStation.Core.Tests.Transport;

public class FaultyTransportTests
{
    // Only what is dropped is waited for to the end.
    private static readonly StationLimits s_patient = new() { HandshakeTimeout = TimeSpan.FromSeconds(60), CloseTimeout = TimeSpan.FromSeconds(10) };
    private static readonly StationLimits s_quick = s_patient with { HandshakeTimeout = TimeSpan.FromSeconds(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The initiator's wire messages: 1 = message 1, 2 = message 3, 3 = Welcome, 4 … = the session. The responder's: 1 = message 2, 2 = Welcome, 3 …
    [Theory]
    [InlineData(FaultKind.Corrupt, StationRole.Initiator, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Corrupt, StationRole.Responder, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Corrupt, StationRole.Initiator, 2, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Corrupt, StationRole.Initiator, 3, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Corrupt, StationRole.Responder, 2, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Truncate, StationRole.Initiator, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Truncate, StationRole.Responder, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Truncate, StationRole.Initiator, 2, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Duplicate, StationRole.Initiator, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Duplicate, StationRole.Responder, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Reorder, StationRole.Initiator, 2, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Drop, StationRole.Initiator, 1, StationFault.Timeout)]
    [InlineData(FaultKind.Drop, StationRole.Responder, 1, StationFault.Timeout)]
    [InlineData(FaultKind.Drop, StationRole.Initiator, 2, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Cut, StationRole.Initiator, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Cut, StationRole.Responder, 1, StationFault.HandshakeFailed)]
    [InlineData(FaultKind.Cut, StationRole.Initiator, 2, StationFault.HandshakeFailed)]
    public async Task A_fault_in_the_handshake_is_one_typed_error(FaultKind fault, StationRole from, int message, StationFault expected)
    {
        StationException e = await Assert.ThrowsAsync<StationException>(() => Loopback(new FaultRule { Fault = fault, From = from, Message = message }));
        Assert.True(expected == e.Fault, e.ToString());
    }

    [Theory]
    [InlineData(FaultKind.Corrupt, 4, StationFault.DecryptionFailed)]
    [InlineData(FaultKind.Truncate, 4, StationFault.DecryptionFailed)]
    [InlineData(FaultKind.Duplicate, 4, StationFault.DecryptionFailed)]
    [InlineData(FaultKind.Reorder, 4, StationFault.DecryptionFailed)]
    [InlineData(FaultKind.Drop, 4, StationFault.DecryptionFailed)]
    [InlineData(FaultKind.Cut, 4, StationFault.Truncated)]
    public async Task A_fault_in_the_session_ends_it_with_one_typed_error_and_delivers_nothing_more(FaultKind fault, int message, StationFault expected)
    {
        StationLoopback pair = await Loopback(new FaultRule { Fault = fault, From = StationRole.Initiator, Message = message });
        for (int i = 0; i < 3; i++)
        {
            try
            {
                await pair.Left.SendAsync(OutgoingMessage.Text($"{i}"), Token);
            }
            catch (StationException)
            {
                // The session may have ended already.
            }

            await Task.Delay(30, Token);
        }

        int received = 0;
        StationException e = await Assert.ThrowsAsync<StationException>(async () =>
        {
            while (true)
            {
                Assert.Equal($"{received}", (await pair.Right.ReceiveAsync(Token)).Body);
                received++;
            }
        });
        Assert.True(expected == e.Fault, e.ToString());
        Assert.Equal(fault == FaultKind.Duplicate ? 1 : 0, received);
        pair.Left.Abort();
    }

    [Theory]
    [InlineData(FaultKind.Corrupt, 3)]
    [InlineData(FaultKind.Drop, 10)]
    [InlineData(FaultKind.Duplicate, 10)]
    [InlineData(FaultKind.Cut, 1)]
    [InlineData(FaultKind.Cut, 50)]
    [InlineData(FaultKind.Truncate, 60)]
    public async Task A_fault_at_a_byte_of_the_handshake_is_one_typed_error(FaultKind fault, int at)
    {
        StationException e = await Assert.ThrowsAsync<StationException>(() => Loopback(new FaultRule { Fault = fault, From = StationRole.Initiator, Byte = at }));
        Assert.Contains(e.Fault, new[] { StationFault.HandshakeFailed, StationFault.Timeout });
    }

    [Fact]
    public async Task A_delay_only_takes_time()
    {
        long start = Environment.TickCount64;
        await using StationLoopback pair = await Loopback(new FaultRule { Fault = FaultKind.Delay, Message = 1, DelaySec = 0.15 });
        Assert.True(Environment.TickCount64 - start >= 280);
        await pair.Left.SendAsync(OutgoingMessage.Text("late"), Token);
        Assert.Equal("late", (await pair.Right.ReceiveAsync(Token)).Body);
    }

    [Fact]
    public async Task Whichever_end_notices_first_a_cut_is_told_as_what_it_was()
    {
        for (int i = 0; i < 30; i++)
        {
            StationException failure = await Assert.ThrowsAsync<StationException>(() => Loopback(new FaultRule { Fault = FaultKind.Cut, From = StationRole.Initiator, Byte = 3 }));
            Assert.Contains("cut on purpose: Cut byte 3", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_fault_that_comes_to_pass_all_works()
    {
        await using StationLoopback pair = await Loopback(new FaultRule { Fault = FaultKind.Cut, Message = 1_000_000 }, new FaultRule { Fault = FaultKind.Cut, Byte = 1_000_000_000 });
        byte[] body = new byte[1024 * 1024];
        new Random(1).NextBytes(body);
        await pair.Left.SendAsync(OutgoingMessage.Bytes(body), Token);
        StationMessage message = await pair.Right.ReceiveAsync(Token);
        Assert.True(body.AsSpan().SequenceEqual(message.BodyBytes.Span));
    }

    [Fact]
    public async Task Both_directions_rekey_under_load_and_no_message_is_lost()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        const int count = 3000;
        Task[] senders = [.. new[] { pair.Left, pair.Right }.Select(session => Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await session.SendAsync(OutgoingMessage.Text($"{i}"), Token);
                if (i % 100 == 0)
                {
                    ((SecureSession)session).UpdateKeys();
                }
            }
        }, Token))];
        foreach (StationSession session in new[] { pair.Left, pair.Right })
        {
            for (int i = 0; i < count; i++)
            {
                Assert.Equal($"{i}", (await session.ReceiveAsync(Token)).Body);
            }
        }

        await Task.WhenAll(senders);
    }

    public static TheoryData<FaultRule> Nonsense => new(
        new FaultRule { Fault = FaultKind.Drop },
        new FaultRule { Fault = FaultKind.Drop, Message = 1, Byte = 1 },
        new FaultRule { Fault = FaultKind.Drop, Message = -1 },
        new FaultRule { Fault = FaultKind.Reorder, Byte = 1 },
        new FaultRule { Fault = FaultKind.Drop, Message = 1, Count = 0 },
        new FaultRule { Fault = FaultKind.Delay, Message = 1, DelaySec = -1 });

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Nonsense))]
    public void A_rule_that_cannot_be_done_is_refused(FaultRule rule) => StationAssert.Fails(StationFault.InvalidArgument, () => _ = new FaultPlan([rule]));

    private static Task<StationLoopback> Loopback(params FaultRule[] rules) => StationLoopback.CreateAsync(
        limits: rules.Any(static rule => rule.Fault == FaultKind.Drop) ? s_quick : s_patient, faults: rules, cancellationToken: Token);
}
