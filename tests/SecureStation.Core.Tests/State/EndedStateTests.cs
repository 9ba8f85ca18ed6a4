using SecureStation.Core.Messages;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions.Resuming;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.State;

/// <summary>What a state has of sessions that are over, and what a session that it kept may do when it goes on.</summary>
public sealed class EndedStateTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_received_after_the_end_of_its_session_leaves_the_state()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        await client.SendAsync(OutgoingMessage.Text("one"), Token);
        ulong last = await client.SendAsync(OutgoingMessage.Text("two"), Token);
        await client.WaitDeliveredAsync(last, Token).WaitAsync(TestListener.Patience, Token);
        await client.CloseAsync(Token);
        await ResumedPair.Until(() => server.EndReason is not null && !world.ServerState.Shared.IsInUse(new SessionKey(server.Id, StationRole.Responder)));
        Assert.Equal(2, Assert.Single(List(world.ServerState)).Unread);
        Assert.Equal("one", (await world.Listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body);
        Assert.Equal(1, Assert.Single(List(world.ServerState)).Unread);
        Assert.Equal("two", (await world.Listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body);
        Assert.Empty(List(world.ServerState));
    }

    [Fact]
    public async Task What_was_unread_when_its_process_died_can_be_received_though_the_session_is_over_by_then()
    {
        var ended = new List<StationSession>();
        await using var world = new StateWorld { EndedUnread = ended.Add };
        Put(world.ClientState, new StoredSession
        {
            Id = Id,
            Role = StationRole.Initiator,
            Address = "elsewhere:1",
            Peer = world.ServerKey,
            Suite = Suites.Hybrid,
            Begun = DateTimeOffset.UnixEpoch,
        });
        await world.MeetAsync();
        StationSession over = Assert.Single(ended);
        Assert.Equal((Id, StationSessionState.Closed), (over.Id, over.State));
        StationMessage unread = await over.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token);
        Assert.Equal(("unread", true), (unread.Body, unread.Redelivered));
        Assert.DoesNotContain(List(world.ClientState), static session => session.Id == Id);
        await world.ConnectAsync();
        Assert.Single(ended);
    }

    [Fact]
    public async Task What_was_unread_in_a_session_that_the_peer_keeps_no_longer_can_be_received()
    {
        var ended = new List<StationSession>();
        await using var world = new StateWorld { EndedUnread = ended.Add };
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        await server.WaitDeliveredAsync(await server.SendAsync(OutgoingMessage.Text("unread"), Token), Token).WaitAsync(TestListener.Patience, Token);
        client.Suspend(new StationException(StationFault.SessionClosed, "killed"));
        await client.WhenOverAsync();
        server.Lose("forgotten");
        SecureSession next = await world.RestartClientAsync(client);
        Assert.NotEqual(client.Id, next.Id);
        Assert.Equal("unread", (await Assert.Single(ended).ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token)).Body);
    }

    [Fact]
    public async Task A_session_that_a_listeners_state_kept_may_no_more_than_its_peers_record_allows()
    {
        using var folder = new TemporaryFolder();
        var store = new FileTrustStore(folder.Path);
        await using var world = new StateWorld { Store = store };
        store.Add(new PeerRecord { Name = "client", Fingerprint = world.ClientKey.Fingerprint, Accept = true, Capabilities = ["receipt"] }, replace: false);
        world.ServerState.Shared.Writer.Read(
            tables => tables.Insert(new StoredSession
            {
                Id = Id,
                Role = StationRole.Responder,
                Address = string.Empty,
                Peer = world.ClientKey,
                Suite = Suites.Hybrid,
                Begun = DateTimeOffset.UtcNow,
            }),
            TestListener.Patience);
        await world.MeetAsync();
        Assert.Equal(["receipt"], world.Listener.Sessions.Single(static session => session.Id == Id).Capabilities);
    }

    [Fact]
    public async Task A_session_that_a_clients_state_kept_may_no_more_than_its_peers_record_allows()
    {
        using var folder = new TemporaryFolder();
        var store = new FileTrustStore(folder.Path);
        await using var world = new StateWorld { Store = store };
        store.Add(new PeerRecord { Name = "server", Fingerprint = world.ServerKey.Fingerprint, Capabilities = ["receipt"] }, replace: false);
        (SecureSession client, _) = await world.MeetAsync();
        Assert.Equal(["receipt"], client.Capabilities);
        SecureSession again = await world.RestartClientAsync(client);
        Assert.Equal(client.Id, again.Id);
        Assert.Equal(["receipt"], again.Capabilities);
    }

    [Theory]
    [InlineData(-0.001, 90)]
    [InlineData(1, 10)]
    [InlineData(60, 60)]
    [InlineData(3600, 90)]
    public void An_attempt_to_come_together_again_ends_however_long_the_first_connection_was_given(double given, double patience) =>
        Assert.Equal(patience, StationReconnector.PatienceOf(new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(given) }).TotalSeconds);

    private static IReadOnlyList<StoredSession> List(StationState state) => state.Shared.Writer.Read(static tables => tables.List(), TestListener.Patience);

    private static void Put(StationState state, StoredSession session) => state.Shared.Writer.Read(
        tables =>
        {
            long number = tables.Insert(session);
            tables.InsertIncoming(new StoredName(number, session.Id), new StationMessage(null!, 1, 0, StationMessageKind.Text, [], "unread"u8.ToArray()));
            tables.Update(number, new JournalProgress { GivenId = long.MaxValue }, kept: 1, keptBytes: 6);
            tables.End(number, "SessionClosed", isDone: true);
            return true;
        },
        TestListener.Patience);
}
