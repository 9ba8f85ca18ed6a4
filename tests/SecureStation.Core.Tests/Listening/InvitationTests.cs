using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

public sealed class InvitationTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly StationListener _listener;
    private readonly StationKeyPair _alice = StationKeyPair.Generate();
    private readonly StationKeyPair _bob = StationKeyPair.Generate();

    public InvitationTests() => _listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust(), Clock = _clock });

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public async Task An_invitation_is_for_one_identity_which_may_present_it_again()
    {
        StationInvitation invitation = _listener.Invitation!;
        await using StationSession first = await TestListener.ConnectAsync(invitation, _alice);
        Assert.Equal(TrustBasis.Invitation, first.TrustBasis);
        Assert.Null(_listener.Invitation);
        StationException e = await Expect.FaultAsync(StationFault.InvitationUsed, TestListener.ConnectAsync(invitation, _bob));
        Assert.Equal(nameof(StationReason.InvitationUsed), e.PeerHint);
        await using StationSession again = await TestListener.ConnectAsync(invitation, _alice);
        await TestListener.AssertWorksAsync(_listener, again);
    }

    [Fact]
    public async Task Whoever_was_admitted_needs_no_invitation_any_more()
    {
        await using StationSession first = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        await using StationSession second = await TestListener.ConnectAsync(_listener, _alice);
        await Expect.FaultAsync(StationFault.PeerRefused, TestListener.ConnectAsync(_listener, _bob));
    }

    [Fact]
    public async Task An_expired_invitation_is_refused_by_an_authenticated_Close_after_message_3()
    {
        StationInvitation invitation = _listener.CreateInvitation(1, TimeSpan.FromMinutes(1));
        _clock.Now += TimeSpan.FromSeconds(61);
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.HandshakeAsync(Suites.HybridInvited, invitation.Id.ToArray(), invitation.UsePsk(static psk => psk.ToArray()));
        await peer.SendAsync(Wire.Welcome());
        Assert.Equal(StationReason.InvitationExpired, await peer.ReadCloseAsync());
        await Expect.FaultAsync(StationFault.InvitationExpired, TestListener.ConnectAsync(invitation, _alice));
    }

    [Fact]
    public async Task Also_who_has_used_it_cannot_present_it_after_its_time()
    {
        StationInvitation invitation = _listener.CreateInvitation(1, TimeSpan.FromMinutes(1));
        await using StationSession session = await TestListener.ConnectAsync(invitation, _alice);
        _clock.Now += TimeSpan.FromSeconds(61);
        await Expect.FaultAsync(StationFault.InvitationExpired, TestListener.ConnectAsync(invitation, _alice));
    }

    [Fact]
    public async Task Expiry_is_judged_when_message_1_comes()
    {
        StationInvitation invitation = _listener.CreateInvitation(1, TimeSpan.FromMinutes(1));
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.SendMessage1Async(Suites.HybridInvited, invitation.Id.ToArray(), invitation.UsePsk(static psk => psk.ToArray()));
        await peer.ReadHandshakeMessageAsync();
        _clock.Now += TimeSpan.FromSeconds(61);
        await peer.SendMessage3Async();
        await peer.SendAsync(Wire.Welcome());
        Assert.Equal(Core.Framing.FrameType.Welcome, (await peer.ReadFrameAsync()).Type);
    }

    [Fact]
    public async Task An_invitation_for_two_admits_two()
    {
        StationInvitation invitation = _listener.CreateInvitation(2, TimeSpan.FromMinutes(1));
        await using StationSession alice = await TestListener.ConnectAsync(invitation, _alice);
        await using StationSession bob = await TestListener.ConnectAsync(invitation, _bob);
        await Expect.FaultAsync(StationFault.InvitationUsed, TestListener.ConnectAsync(invitation));
        Assert.NotNull(_listener.Invitation);
    }

    [Fact]
    public async Task Of_many_that_race_for_one_invitation_one_wins()
    {
        StationInvitation invitation = _listener.Invitation!;
        Task<StationSession>[] racing = [.. Enumerable.Range(0, 8).Select(_ => TestListener.ConnectAsync(invitation))];
        await Task.WhenAny(Task.WhenAll(racing), Task.Delay(TestListener.Patience, TestContext.Current.CancellationToken));
        await Assert.Single(racing, static task => task.IsCompletedSuccessfully);
        Assert.All(racing.Where(static task => task.IsFaulted), static task =>
            Assert.Equal(StationFault.InvitationUsed, Assert.IsType<StationException>(task.Exception!.InnerException).Fault));
    }

    [Fact]
    public async Task Another_secret_under_a_known_id_uses_nothing_up()
    {
        StationInvitation invitation = _listener.Invitation!;
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.HandshakeAsync(Suites.HybridInvited, invitation.Id.ToArray(), Enumerable.Repeat((byte)1, 32).ToArray());
        Assert.Equal(StationReason.HandshakeFailed, await peer.ReadRefusalAsync());
        Assert.Same(invitation, _listener.Invitation);
    }

    [Fact]
    public async Task The_client_hears_that_an_invitation_is_unknown_as_a_hint_only()
    {
        using StationInvitation forged = StationInvitation.Create("127.0.0.1", _listener.Port, _listener.PublicKey.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: true);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, TestListener.ConnectAsync(forged));
        Assert.Equal(nameof(StationReason.InvitationUnknown), e.PeerHint);
    }

    [Fact]
    public async Task The_client_hears_that_its_secret_is_wrong_as_a_hint_only()
    {
        string[] parts = _listener.Invitation!.Reveal().Split("&psk=");
        string forged = $"{parts[0]}&psk={new string('A', 42)}8{parts[1][43..]}";
        using StationInvitation invitation = StationInvitation.Parse(forged);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, TestListener.ConnectAsync(invitation));
        Assert.Equal(nameof(StationReason.HandshakeFailed), e.PeerHint);
    }

    [Fact]
    public void An_invitation_for_nobody_or_of_no_time_is_InvalidArgument()
    {
        StationAssert.Fails(StationFault.InvalidArgument, () => _listener.CreateInvitation(0, TimeSpan.FromMinutes(1)));
        StationAssert.Fails(StationFault.InvalidArgument, () => _listener.CreateInvitation(1, TimeSpan.Zero));
        StationAssert.Fails(StationFault.InvalidArgument, () => _listener.CreateInvitation(1, TimeSpan.MaxValue));
    }

    [Fact]
    public async Task A_stopped_listener_makes_no_invitations()
    {
        await _listener.StopAsync(TestContext.Current.CancellationToken);
        StationAssert.Fails(StationFault.InvalidState, () => _listener.CreateInvitation(1, TimeSpan.FromMinutes(1)));
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
