using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>The three bounds of what a listener keeps for peers that were cut: sessions, sessions of one identity, and bytes.</summary>
public class DetachedBoundsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_one_identity_so_many_sessions_wait_and_the_oldest_is_lost_with_a_readable_inbox()
    {
        using var key = StationKeyPair.Generate();
        await using CutSessions cut = CutSessions.Start(new StationLimits { MaxDetachedPerPeer = 2 });
        SecureSession first = await cut.AddAsync(key, "kept");
        SecureSession second = await cut.AddAsync(key);
        Assert.Equal(StationSessionState.Reconnecting, first.State);
        SecureSession third = await cut.AddAsync(key);
        await ResumedPair.Until(() => first.State == StationSessionState.Closed);
        Assert.Equal(StationFault.SessionLost, first.EndReason!.Fault);
        Assert.Equal("kept", (await first.ReceiveAsync(Token)).Body);
        Assert.Equal((StationSessionState.Reconnecting, StationSessionState.Reconnecting), (second.State, third.State));
    }

    [Fact]
    public async Task Of_all_identities_together_so_many_sessions_wait_and_who_has_most_loses_one()
    {
        using var key = StationKeyPair.Generate();
        await using CutSessions cut = CutSessions.Start(new StationLimits { MaxDetachedSessions = 3 });
        SecureSession oldest = await cut.AddAsync(null);
        SecureSession crowded = await cut.AddAsync(key);
        await cut.AddAsync(key);
        await cut.AddAsync(null);
        await ResumedPair.Until(() => crowded.State == StationSessionState.Closed);
        Assert.Equal(StationFault.SessionLost, crowded.EndReason!.Fault);
        Assert.Equal(StationSessionState.Reconnecting, oldest.State);
    }

    [Fact]
    public async Task So_much_they_hold_together_and_what_was_acknowledged_stays_readable()
    {
        await using CutSessions cut = CutSessions.Start(new StationLimits { MaxUnread = 200_000 });
        string large = new('x', 150_000);
        SecureSession small = await cut.AddAsync(null, "small");
        SecureSession first = await cut.AddAsync(null, large);
        Assert.Equal(StationSessionState.Reconnecting, first.State);
        SecureSession second = await cut.AddAsync(null, large);
        await ResumedPair.Until(() => first.State == StationSessionState.Closed && second.State == StationSessionState.Closed);
        Assert.Equal(large, (await first.ReceiveAsync(Token)).Body);
        Assert.Equal(large, (await second.ReceiveAsync(Token)).Body);
        Assert.Equal(StationSessionState.Reconnecting, small.State);
    }

    [Fact]
    public async Task What_is_sent_while_the_peer_is_away_counts_too()
    {
        await using CutSessions cut = CutSessions.Start(new StationLimits { MaxUnread = 200_000, OutboxBytes = 1_000_000 });
        SecureSession session = await cut.AddAsync(null);
        await session.SendAsync(OutgoingMessage.Bytes(new byte[100_000]), Token);
        Assert.Equal(StationSessionState.Reconnecting, session.State);
        await session.SendAsync(OutgoingMessage.Bytes(new byte[100_000]), Token);
        await ResumedPair.Until(() => session.State == StationSessionState.Closed);
        Assert.Equal(StationFault.SessionLost, session.EndReason!.Fault);
    }
}
