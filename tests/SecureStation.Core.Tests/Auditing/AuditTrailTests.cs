using System.Collections.Concurrent;
using SecureStation.Core.Auditing;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Auditing;

[Collection(nameof(Alone))]
public sealed class AuditTrailTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<AuditEvent> _told = new();
    private readonly IDisposable _watch;
    private readonly TemporaryFolder _folder = new();

    public AuditTrailTests() => _watch = AuditTrail.Watch(_told.Enqueue);

    public void Dispose()
    {
        _watch.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_session_is_told_from_both_ends_with_its_beginning_and_its_end()
    {
        long sent = SessionTotals.MessagesSent;
        long bytes = SessionTotals.BytesReceived;
        await using StationListener listener = TestListener.Start();
        StationSession client = await TestListener.ConnectAsync(listener);
        await client.SendAsync(OutgoingMessage.Text("secret words"), TestContext.Current.CancellationToken);
        await listener.ReceiveAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(sent + 1, SessionTotals.MessagesSent);
        Assert.Equal(bytes + 12, SessionTotals.BytesReceived);
        await client.CloseAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => Of(AuditEventKind.Ended).Length == 2);
        AuditEvent[] connected = Of(AuditEventKind.Connected);
        Assert.Equal(2, connected.Length);
        Assert.Single(connected, one => one.Listener == listener.Id && one.Session == client.Id && one.Fingerprint == client.LocalFingerprint);
        Assert.Single(connected, one => one.Listener is null && one.Fingerprint == listener.Fingerprint);
        Assert.All(Of(AuditEventKind.Ended), one => Assert.Equal((client.Id, nameof(StationFault.SessionClosed)), (one.Session, one.Reason)));
        Assert.Equal(sent + 1, SessionTotals.MessagesSent);
        Assert.DoesNotContain(_told, static one => one.ToString().Contains("secret words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_reason_and_key_and_the_listener_shows_it()
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions
        {
            Trust = new ListenerTrust { Mode = TrustMode.Strict, Store = new FileTrustStore(_folder.File("peers")) },
        });
        using StationKeyPair stranger = StationKeyPair.Generate();
        await Assert.ThrowsAsync<StationException>(() => TestListener.ConnectAsync(listener, stranger));
        await UntilAsync(() => Of(AuditEventKind.Refused).Length == 1 && Of(AuditEventKind.ConnectFailed).Length == 1);
        AuditEvent refused = Of(AuditEventKind.Refused).Single();
        Assert.Equal((listener.Id, stranger.Fingerprint.ToString(), nameof(StationFault.PeerUntrusted)), (refused.Listener, refused.Fingerprint, refused.Reason));
        Assert.Equal(nameof(StationFault.PeerRefused), Of(AuditEventKind.ConnectFailed).Single().Reason);
        ListenerRefusal shown = Assert.Single(listener.Refusals);
        Assert.Equal((StationFault.PeerUntrusted, stranger.Fingerprint.ToString()), (shown.Reason, shown.Fingerprint));
    }

    [Fact]
    public void The_newest_refusals_are_kept_and_no_more()
    {
        var refusals = new LastRefusals();
        for (int i = 0; i < 100; i++)
        {
            refusals.Add(new ListenerRefusal(default, $"a:{i}", StationFault.Timeout, null, "late"));
        }

        Assert.Equal(LastRefusals.Kept, refusals.List().Count);
        Assert.Equal("a:99", refusals.List()[0].RemoteAddress);
    }

    [Fact]
    public void Each_change_of_trust_is_told()
    {
        var store = new FileTrustStore(_folder.File("peers"));
        using StationKeyPair key = StationKeyPair.Generate();
        store.Add(new PeerRecord { Name = "bob", Fingerprint = key.Fingerprint, PublicKey = key.PublicKey, Accept = true, Addresses = ["host:1"] }, replace: false);
        store.Update(key.Fingerprint, static record => record with { Name = "robert", Capabilities = ["file", "request"] });
        store.Revoke(key.Fingerprint);
        store.Pin("other:2", key.Fingerprint);
        store.Pin("other:2", key.Fingerprint);
        store.Remove(key.Fingerprint);
        store.Remove(key.Fingerprint);
        Assert.Equal(["added", "changed", "revoked", "pinned", "removed"], Of(AuditEventKind.Trust).Select(static one => one.Reason));
        Assert.Equal(["May connect; pinned to host:1.", "May connect; pinned to host:1; only for file, request."],
            Of(AuditEventKind.Trust).Take(2).Select(static one => one.Detail));
        Assert.All(Of(AuditEventKind.Trust), one => Assert.Equal(key.Fingerprint.ToString(), one.Fingerprint));
    }

    [Fact]
    public void Who_watches_and_throws_disturbs_nobody()
    {
        using IDisposable watch = AuditTrail.Watch(static _ => throw new InvalidOperationException());
        AuditTrail.Report(new AuditEvent(AuditEventKind.Request));
        Assert.Single(Of(AuditEventKind.Request));
    }

    private AuditEvent[] Of(AuditEventKind kind) => [.. _told.Where(one => one.Kind == kind)];

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(s_patience);
        while (!condition())
        {
            await Task.Delay(10, late.Token);
        }
    }
}
