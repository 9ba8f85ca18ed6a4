using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

/// <summary>What is taken back is taken back at once, also from whoever was invited and from whoever is inside.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _server = StationKeyPair.Generate();
    private readonly StationKeyPair _alice = StationKeyPair.Generate();
    private readonly FileTrustStore _store;
    private StationListener _listener = null!;

    public RevocationTests() => _store = new FileTrustStore(_folder.File("peers"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // As a cmdlet has it: another object, the same directory.
    private FileTrustStore OtherStore => new(_store.Directory);

    public ValueTask InitializeAsync()
    {
        KeyFile.WritePrivate(_folder.File("server.pem"), _server);
        _listener = StationListener.Start(new StationListenerOptions { KeyPair = _server, Trust = new ListenerTrust { Store = _store } });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _server.Dispose();
        _alice.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Remove")]
    [InlineData("Revoke")]
    [InlineData("Update")]
    [InlineData("a file deleted by hand")]
    public async Task An_invited_peer_whose_trust_was_withdrawn_gets_in_neither_by_its_key_nor_by_its_invitation(string how)
    {
        StationInvitation invitation = _listener.Invitation!;
        await (await TestListener.ConnectAsync(invitation, _alice)).CloseAsync(Token);
        Assert.True(_store.Find(_alice.Fingerprint)!.Accept);
        Withdraw(how);

        await ExpectUntrustedAsync(TestListener.ConnectAsync(_listener, _alice));
        await ExpectUntrustedAsync(TestListener.ConnectAsync(invitation, _alice));
        await ExpectUntrustedAsync(TestListener.ConnectAsync(_listener, _alice));
        Assert.False(_store.Find(_alice.Fingerprint) is { Accept: true });

        // It keeps its use: nobody else gets it.
        await Expect.FaultAsync(StationFault.InvitationUsed, TestListener.ConnectAsync(invitation));

        // Trusted again, it may come again, either way.
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: true);
        await using StationSession byKey = await TestListener.ConnectAsync(_listener, _alice);
        await using StationSession byInvitation = await TestListener.ConnectAsync(invitation, _alice);
    }

    [Theory]
    [InlineData("Remove")]
    [InlineData("Revoke")]
    [InlineData("Update")]
    [InlineData("Replace")]
    public async Task Its_sessions_end_at_once(string how)
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        StationSession accepted = await _listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        await session.WaitDeliveredAsync(await session.SendAsync(OutgoingMessage.Text("before"), Token), Token);
        Withdraw(how);

        Assert.NotEqual(StationSessionState.Open, accepted.State);
        Assert.Equal(StationFault.SessionClosed, accepted.EndReason!.Fault);
        StationException end = await Expect.EndAsync(StationFault.SessionClosed, session);
        Assert.Equal(nameof(StationReason.PeerUntrusted), end.PeerHint);

        // What it had sent and has been told is there, is there; and nothing else.
        Assert.Equal("before", (await _listener.ReceiveAsync(Token)).Body);
        await Expect.EndAsync(StationFault.SessionClosed, accepted);
    }

    [Fact]
    public async Task Nothing_that_a_revoked_peer_sends_gets_in_though_it_takes_no_notice()
    {
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: false);
        await using FakePeer peer = new FakePeer(await FakePeer.ConnectSocketAsync(_listener.Port)) { Identity = _alice };
        await peer.HandshakeAsync();
        await peer.SendAsync(Wire.Welcome());
        await peer.ReadFrameAsync();
        await peer.SendAsync(Wire.Text(1, "before"));
        Assert.Equal("before", (await _listener.ReceiveAsync(Token).WaitAsync(TestListener.Patience, Token)).Body);
        _store.Remove(_alice.Fingerprint);
        await peer.SendAsync(Wire.Text(2, "after"));
        Assert.Equal(StationReason.PeerUntrusted, await peer.ReadCloseAsync());
        await Task.Delay(100, Token);
        Assert.False(_listener.TryReceive(out _));
    }

    [Fact]
    public async Task What_a_revoked_peer_was_told_is_delivered_is_there_and_the_rest_is_Undelivered()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        var ids = new List<ulong>();
        Task sending = Task.Run(async () =>
        {
            while (true)
            {
                ids.Add(await session.SendAsync(OutgoingMessage.Text($"{ids.Count}"), Token));
            }
        }, Token);
        while (_listener.Sessions.Sum(static accepted => accepted.InboxCount) < 100)
        {
            await Task.Delay(1, Token);
        }

        _store.Remove(_alice.Fingerprint);
        StationException end = await Assert.ThrowsAsync<StationException>(() => sending.WaitAsync(TestListener.Patience, Token));
        Assert.Equal(StationFault.SessionClosed, end.Fault);
        await Expect.EndAsync(StationFault.SessionClosed, session);
        int received = 0;
        while (_listener.TryReceive(out StationMessage? message))
        {
            Assert.Equal($"{received++}", message.Body);
        }

        Assert.InRange(received, 100, ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            Task delivered = session.WaitDeliveredAsync(ids[i], Token);
            if (i < received)
            {
                await delivered;
            }
            else
            {
                await Expect.FaultAsync(StationFault.Undelivered, delivered);
            }
        }
    }

    [Fact]
    public async Task They_end_within_seconds_when_another_process_does_it()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        File.Delete(PeerFile.Path(_store.Directory, _alice.Fingerprint));
        StationException end = await Expect.EndAsync(StationFault.SessionClosed, session);
        Assert.Equal(nameof(StationReason.PeerUntrusted), end.PeerHint);
    }

    [Fact]
    public async Task KeepSessions_leaves_those_that_there_are_and_lets_in_no_more()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        await _listener.AcceptAsync(Token);
        Assert.True(OtherStore.Remove(_alice.Fingerprint, keepSessions: true));
        await ExpectUntrustedAsync(TestListener.ConnectAsync(_listener, _alice));

        // Longer than it takes to hear of another process's changes, which look the same.
        await Task.Delay(TimeSpan.FromSeconds(5), Token);
        await TestListener.AssertWorksAsync(_listener, session);

        // Trusted again and then not: what was kept then is not kept now.
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: false);
        OtherStore.Revoke(_alice.Fingerprint);
        await Expect.EndAsync(StationFault.SessionClosed, session);
    }

    [Fact]
    public async Task What_was_kept_can_still_be_ended()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        await _listener.AcceptAsync(Token);
        Assert.True(_store.Remove(_alice.Fingerprint, keepSessions: true));
        Assert.True(OtherStore.Remove(_alice.Fingerprint));
        await Expect.EndAsync(StationFault.SessionClosed, session);
        Assert.False(OtherStore.Remove(_alice.Fingerprint));
    }

    [Fact]
    public async Task What_a_record_allows_holds_from_the_handshake_on_and_follows_the_store()
    {
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true, Capabilities = ["dh"] }, replace: false);
        await using StationSession session = await TestListener.ConnectAsync(_listener, _alice);
        var accepted = (SecureSession)await _listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        SessionServices services = ((SecureSession)session).Services;
        accepted.Services.SwitchOn("dh");
        accepted.Services.SwitchOn("file");

        await Expect.FaultAsync(StationFault.NotAllowed, services.RequestAsync(OutgoingMessage.Service("file", default), Token));
        await Expect.FaultAsync(StationFault.NotAllowed, services.RequestAsync(OutgoingMessage.Service("no-such", default), Token));
        OtherStore.Update(_alice.Fingerprint, static record => record with { Capabilities = ["FILE"] });
        await Expect.FaultAsync(StationFault.NotAllowed, services.RequestAsync(OutgoingMessage.Service("dh", default), Token));
        Task<StationMessage> asking = services.RequestAsync(OutgoingMessage.Service("file", default), Token);
        StationMessage question = await accepted.Services.ReceiveAsync("file", Token);

        // What this side asks is answered, whatever the peer may ask.
        await accepted.SendAsync(OutgoingMessage.Service("file", default, question.Id), Token);
        await asking;
        services.SwitchOn("dh");
        Task<StationMessage> other = accepted.Services.RequestAsync(OutgoingMessage.Service("dh", default), Token);
        question = await services.ReceiveAsync("dh", Token);
        await session.SendAsync(OutgoingMessage.Service("dh", default, question.Id), Token);
        await other;

        OtherStore.Update(_alice.Fingerprint, static record => record with { Capabilities = [] });
        await Expect.FaultAsync(StationFault.UnknownService, services.RequestAsync(OutgoingMessage.Service("no-such", default), Token));
        await TestListener.AssertWorksAsync(_listener, session);
    }

    [Fact]
    public async Task What_a_record_allows_holds_for_whoever_comes_with_an_invitation()
    {
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Capabilities = ["file"] }, replace: false);
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        StationSession accepted = await _listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        Assert.Equal(["file"], accepted.Capabilities);
        Assert.Equal(["file"], accepted.Description.Capabilities);
    }

    [Fact]
    public async Task Other_changes_end_nothing_nor_does_a_store_that_cannot_be_read()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener.Invitation!, _alice);
        _store.Update(_alice.Fingerprint, record => record with { Name = "alice", Addresses = ["alice:1"] });
        _store.Add(new PeerRecord { Name = "bob", Fingerprint = Fingerprint.Of("bob"u8) }, replace: false);
        _store.Remove(Fingerprint.Of("bob"u8));
        string file = PeerFile.Path(_store.Directory, _alice.Fingerprint);
        byte[] right = File.ReadAllBytes(file);
        File.WriteAllText(file, "damage");
        await Task.Delay(TimeSpan.FromSeconds(4.5), Token);
        await TestListener.AssertWorksAsync(_listener, session);
        File.WriteAllBytes(file, right);
    }

    [Fact]
    public async Task Sessions_that_we_opened_stay()
    {
        var clients = new FileTrustStore(_folder.File("client"));
        clients.Add(new PeerRecord { Name = "server", Fingerprint = _server.Fingerprint, Accept = true }, replace: false);
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: false);
        await using StationListener ours = StationListener.Start(new StationListenerOptions { KeyPair = _alice, Trust = new ListenerTrust { Store = clients } });
        await using StationSession session = await TestListener.ConnectAsync(_listener, _alice);
        clients.Remove(_server.Fingerprint);
        await TestListener.AssertWorksAsync(_listener, session);
    }

    [Fact]
    public async Task A_listener_in_memory_forgets_whom_it_admitted_too()
    {
        await using StationListener temporary = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Store = _store } });
        StationInvitation invitation = temporary.Invitation!;
        await using StationSession session = await TestListener.ConnectAsync(invitation, _alice);
        await using StationSession second = await TestListener.ConnectAsync(temporary, _alice);
        OtherStore.Revoke(_alice.Fingerprint);
        await Expect.EndAsync(StationFault.SessionClosed, session);
        await Expect.EndAsync(StationFault.SessionClosed, second);
        await ExpectUntrustedAsync(TestListener.ConnectAsync(temporary, _alice));
        await ExpectUntrustedAsync(TestListener.ConnectAsync(invitation, _alice));
    }

    [Fact]
    public async Task A_revocation_that_races_a_connection_leaves_no_session()
    {
        for (int round = 0; round < 25; round++)
        {
            _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: false);
            Task<StationSession>[] connecting = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => TestListener.ConnectAsync(_listener, _alice)))];
            await Task.Delay(round % 8, Token);
            OtherStore.Remove(_alice.Fingerprint);
            foreach (Task<StationSession> attempt in connecting)
            {
                try
                {
                    StationSession session = await attempt;
                    await Expect.EndAsync(StationFault.SessionClosed, session);
                }
                catch (StationException e)
                {
                    Assert.Contains(e.Fault, new[] { StationFault.PeerRefused, StationFault.SessionClosed, StationFault.HandshakeFailed });
                }
            }

            Assert.DoesNotContain(_listener.Sessions, static session => session.State == StationSessionState.Open);
        }
    }

    [Fact]
    public async Task Trust_that_is_withdrawn_between_the_decision_and_the_session_ends_the_session()
    {
        _store.Add(new PeerRecord { Name = "alice", Fingerprint = _alice.Fingerprint, Accept = true }, replace: false);
        var late = new RevokedAfterTheDecision(_store);
        await using StationListener listener = StationListener.Start(new StationListenerOptions { KeyPair = _server, Trust = new ListenerTrust { Store = late } });
        await using StationSession session = await TestListener.ConnectAsync(listener, _alice);
        StationException end = await Expect.EndAsync(StationFault.SessionClosed, session);
        Assert.Equal(nameof(StationReason.PeerUntrusted), end.PeerHint);
    }

    [Fact]
    public async Task Of_many_that_race_for_one_invitation_one_has_a_record()
    {
        for (int round = 0; round < 5; round++)
        {
            using StationInvitation invitation = _listener.CreateInvitation(1, TimeSpan.FromHours(1));
            int before = _store.List().Count(static peer => peer.Accept);
            StationKeyPair[] keys = [.. Enumerable.Range(0, 6).Select(static _ => StationKeyPair.Generate())];
            Task<StationSession>[] racing = [.. keys.Concat(keys).Select(key => Task.Run(() => TestListener.ConnectAsync(invitation, key)))];
            await Task.WhenAny(Task.WhenAll(racing), Task.Delay(TestListener.Patience, Token));
            Assert.All(racing, static task => Assert.True(task.IsCompleted));

            // Each key tried twice: both tries of the winner's, none of another's.
            string winner = Assert.Single(racing.Where(static task => task.IsCompletedSuccessfully).Select(static task => task.Result.LocalFingerprint!).Distinct());
            Assert.Equal(2, racing.Count(static task => task.IsCompletedSuccessfully));
            Assert.Equal(before + 1, _store.List().Count(static peer => peer.Accept));
            Assert.True(_store.Find(Fingerprint.Parse(winner))!.Accept);
            await Task.WhenAll(racing.Where(static task => task.IsCompletedSuccessfully).Select(static task => task.Result.CloseAsync(Token)));
            Array.ForEach(keys, static key => key.Dispose());
        }
    }

    [Fact]
    public async Task A_claim_that_could_not_be_written_may_be_tried_again_and_by_no_other()
    {
        // The index folder is where a directory cannot be: nothing can be written.
        _store.Pin("x:1", Fingerprint.Of("x"u8));
        Directory.Delete(Path.Combine(_store.Directory, "index"), recursive: true);
        string obstacle = Path.Combine(_store.Directory, "index");
        File.WriteAllText(obstacle, "in the way");
        StationInvitation invitation = _listener.Invitation!;
        await ExpectUntrustedAsync(TestListener.ConnectAsync(invitation, _alice));
        Assert.Null(_listener.Invitation);
        await Expect.FaultAsync(StationFault.InvitationUsed, TestListener.ConnectAsync(invitation));
        File.Delete(obstacle);
        await using StationSession session = await TestListener.ConnectAsync(invitation, _alice);
        Assert.True(_store.Find(_alice.Fingerprint)!.Accept);
    }

    [Fact]
    public async Task A_withdrawn_invitation_lets_nobody_in()
    {
        StationInvitation used = _listener.CreateInvitation(2, TimeSpan.FromHours(1));
        StationInvitation open = _listener.CreateInvitation(3, TimeSpan.FromHours(1));
        await using StationSession session = await TestListener.ConnectAsync(used, _alice);
        Assert.Equal(
            [(1, 0), (2, 1), (3, 0)],
            _listener.GetInvitations().OrderBy(static invitation => invitation.MaxUses).Select(static invitation => (invitation.MaxUses, invitation.Uses)));
        Assert.Equal([_alice.Fingerprint], _listener.GetInvitations().Single(static invitation => invitation.MaxUses == 2).UsedBy);

        Assert.True(_listener.WithdrawInvitation(used));
        Assert.True(_listener.WithdrawInvitation(open));
        Assert.False(_listener.WithdrawInvitation(open));
        using StationInvitation foreign = StationInvitation.Create("x", 1, _server.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: false);
        Assert.False(_listener.WithdrawInvitation(foreign));
        await Expect.FaultAsync(StationFault.InvitationExpired, TestListener.ConnectAsync(open));
        await Expect.FaultAsync(StationFault.InvitationExpired, TestListener.ConnectAsync(used, _alice));

        // Who is in stays in, and comes back by its key.
        await TestListener.AssertWorksAsync(_listener, session);
        await using StationSession again = await TestListener.ConnectAsync(_listener, _alice);
        Assert.Equal(
            [ListenerInvitationState.Open, ListenerInvitationState.Withdrawn, ListenerInvitationState.Withdrawn],
            _listener.GetInvitations().Select(static invitation => invitation.State).Order());
    }

    private static async Task ExpectUntrustedAsync(Task<StationSession> connecting)
    {
        StationException e = await Expect.FaultAsync(StationFault.PeerRefused, connecting);
        Assert.Equal(nameof(StationReason.PeerUntrusted), e.PeerHint);
    }

    private void Withdraw(string how)
    {
        switch (how)
        {
            case "Remove":
                Assert.True(OtherStore.Remove(_alice.Fingerprint));
                break;
            case "Revoke":
                OtherStore.Revoke(_alice.Fingerprint);
                break;
            case "Update":
                OtherStore.Update(_alice.Fingerprint, static record => record with { Accept = false });
                break;
            case "Replace":
                PeerRecord record = OtherStore.Find(_alice.Fingerprint)!;
                OtherStore.Add(new PeerRecord { Name = record.Name, Fingerprint = Fingerprint.Of("her new key"u8), Accept = true }, replace: true);
                break;
            default:
                File.Delete(PeerFile.Path(_store.Directory, _alice.Fingerprint));
                break;
        }
    }

    // A store whose record is gone, and whose watchers have been told, before whoever asked for it has gone on with the answer.
    private sealed class RevokedAfterTheDecision(FileTrustStore store) : ITrustStore
    {
        private bool _isDone;

        public PeerRecord? Find(Fingerprint fingerprint, bool withAddresses = true)
        {
            PeerRecord? record = store.Find(fingerprint, withAddresses);
            if (!_isDone)
            {
                _isDone = true;
                store.Remove(fingerprint);
            }

            return record;
        }

        public IReadOnlyList<PeerRecord> List() => store.List();

        public PeerRecord? FindByName(string name) => store.FindByName(name);

        public Fingerprint? FindPin(string address) => store.FindPin(address);

        public void Add(PeerRecord record, bool replace) => store.Add(record, replace);

        public void Update(Fingerprint fingerprint, Func<PeerRecord, PeerRecord> change) => store.Update(fingerprint, change);

        public void Revoke(Fingerprint fingerprint, bool keepSessions = false) => store.Revoke(fingerprint, keepSessions);

        public bool Remove(Fingerprint fingerprint, bool keepSessions = false) => store.Remove(fingerprint, keepSessions);

        public bool KeepsSession(Fingerprint fingerprint, DateTimeOffset begun) => store.KeepsSession(fingerprint, begun);

        // Only what this process announces: not what a later look at the directory would find.
        public IDisposable Watch(Action<Fingerprint?> changed) => store.Watch(key =>
        {
            if (key is not null)
            {
                changed(key);
            }
        });

        public Fingerprint Pin(string address, Fingerprint candidate) => store.Pin(address, candidate);
    }
}
