using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>The connection is cut at every byte of a handshake with a message in each direction.</summary>
public sealed class CutConnectionTests : IDisposable
{
    private const string Text = "a whole message or none";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly StationKeyPair _key = StationKeyPair.Generate();
    private readonly StationStaticKey _local;

    public CutConnectionTests() => _local = new StationStaticKey(_key);

    public void Dispose()
    {
        _local.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData(Suites.Classical, true, true)]
    [InlineData(Suites.Classical, true, false)]
    [InlineData(Suites.Classical, false, true)]
    [InlineData(Suites.Classical, false, false)]
    [InlineData(Suites.Hybrid, true, true)]
    [InlineData(Suites.Hybrid, false, false)]
    public async Task A_cut_at_any_byte_is_one_typed_error_on_both_sides_and_no_half_message(string suite, bool cutsInitiator, bool breaks)
    {
        int total = await RunAsync(suite, cutsInitiator, int.MaxValue, breaks);
        bool isHybrid = suite == Suites.Hybrid;
        Assert.InRange(total, isHybrid ? 1400 : 250, isHybrid ? 2000 : 1000);

        // A KEM's bytes are many and alike: a few of them.
        for (int n = 0; n <= total; n += isHybrid ? 17 : 1)
        {
            await RunAsync(suite, cutsInitiator, n, breaks);
        }
    }

    /// <summary>One run; returns how many bytes went through the side that is cut.</summary>
    private async Task<int> RunAsync(string suite, bool cutsInitiator, int limit, bool breaks)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        var cut = new CutTransport(cutsInitiator ? left : right, limit, breaks);
        ITransport initiator = cutsInitiator ? cut : left;
        ITransport responder = cutsInitiator ? right : cut;
        var terms = new InitiatorTerms(StationSuite.Parse(suite), null, StationLimits.Default, static _ => TrustVerdict.Trusted(TrustBasis.Any));
        var received = new CountdownEvent(2);
        Task playing = Task.WhenAll(
            PlayAsync(StationProtocolV1.ConnectAsync(initiator, _local, terms, CancellationToken.None), initiator, received),
            PlayAsync(StationProtocolV1.AcceptAsync(responder, _local, TestTerms.Create(), CancellationToken.None), responder, received));
        Task bothReceived = Task.Run(() => received.Wait(s_patience));
        if (await Task.WhenAny(playing, bothReceived).WaitAsync(s_patience) == bothReceived)
        {
            // Everything went through: cut what is idle now.
            await cut.CutAsync();
        }

        await playing.WaitAsync(s_patience);
        received.Reset(0);
        return cut.Written;
    }

    private static async Task PlayAsync(Task<StationSession> starting, ITransport transport, CountdownEvent received)
    {
        StationSession session;
        try
        {
            session = await starting;
        }
        catch (StationException e)
        {
            Assert.Equal(StationFault.HandshakeFailed, e.Fault);
            Assert.NotEqual(HandshakeStage.None, e.Stage);
            await transport.DisposeAsync();
            return;
        }

        try
        {
            await session.SendAsync(OutgoingMessage.Text(Text));
        }
        catch (StationException e)
        {
            Assert.Equal(StationFault.Truncated, e.Fault);
        }

        StationException end = await Assert.ThrowsAsync<StationException>(async () =>
        {
            while (true)
            {
                Assert.Equal(Text, (await session.ReceiveAsync()).Body);
                received.Signal();
            }
        });
        Assert.Equal((StationFault.Truncated, StationFault.Truncated), (end.Fault, session.EndReason!.Fault));
        Assert.InRange(session.MessagesReceived, 0, 1);
    }
}
