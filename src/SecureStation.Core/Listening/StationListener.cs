using System.Net;
using SecureStation.Core.Auditing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;
using SecureStation.Core.Receipts;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>
/// Accepts stations: many at once, no thread each, every connection on its own, so that a bad client disturbs nobody.
/// </summary>
public sealed partial class StationListener : IAsyncDisposable
{
    private readonly List<IProtocolListener> _protocols = [];
    private readonly AcceptedSessions _sessions;
    private readonly SessionGuard _guard;
    private readonly IncomingConnections _incoming;
    private readonly ReceivedFiles? _files;
    private readonly InvitationEntry? _firstInvitation;
    private readonly LastRefusals _refusals = new();
    private long _handshakesFailed;
    private int _isStopped;

    private StationListener(StationListenerOptions options, IReadOnlyList<IConnectionAcceptor> acceptors)
    {
        Options = options;
        KeyPair = options.KeyPair ?? StationKeyPair.Generate();
        Invitations = new InvitationBook(options.Clock);
        Addresses = acceptors.Select(static acceptor => acceptor.Address).ToArray();
        EndPoints = acceptors.OfType<TcpAcceptor>().Select(static acceptor => acceptor.EndPoint).ToArray();
        _firstInvitation = InvitationMaker.AddFirst(this);
        _sessions = new AcceptedSessions(options.Limits);
        Resumable = options.Limits.ResumeWindow > TimeSpan.Zero ? new ResumableSessions(options.Limits, _sessions, TimeProvider.System, options.State?.Shared) : null;
        _guard = new SessionGuard(options.Trust, KeyPair, _sessions);
        Services = new ListenerServices(_sessions.List);
        _files = options.ReceiveFiles is { } files ? new ReceivedFiles(files) : null;
        Resumable?.Restore(KeyPair, GoOn);
        Handlers = new RequestHandlers(Services.Add);
        var forProtocols = new ProtocolListenerOptions
        {
            KeyPair = KeyPair,
            Trust = options.Trust,
            Suites = options.Suites,
            Legacy = options.Legacy,
            Limits = options.Limits,
            Invitations = Invitations,
            Keeper = Resumable,
            Prepare = Prepare,
        };
        _protocols.AddRange(options.Protocols.Select(protocol => protocol.CreateListener(forProtocols)));
        if (options.AllowSignedReceipts)
        {
            Services.Add(new ReceiptSigner(KeyPair, TimeProvider.System));
        }

        _incoming = new IncomingConnections(options, acceptors, _protocols, _sessions, Begin, Report);
    }

    /// <summary>What it was started with.</summary>
    public StationListenerOptions Options { get; }

    /// <summary>The names of the protocols that it speaks.</summary>
    public IReadOnlyList<string> Protocols => Options.Protocols.Select(static protocol => protocol.Name).ToArray();

    internal StationKeyPair KeyPair { get; }

    internal InvitationBook Invitations { get; }

    internal ListenerServices Services { get; }

    /// <summary>The sessions whose peers may come back for them; null where a cut ends a session.</summary>
    internal ResumableSessions? Resumable { get; }

    /// <summary>What answers requests in all its sessions.</summary>
    public RequestHandlers Handlers { get; }

    /// <summary>A short name, unique in this process.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    /// <summary>Where it listens: hosts and ports, or a Unix socket or named pipe.</summary>
    public IReadOnlyList<StationAddress> Addresses { get; }

    /// <summary>Where it listens over TCP; none on a Unix socket or named pipe.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The port; 0 on a Unix socket or named pipe.</summary>
    public int Port => EndPoints.Count == 0 ? 0 : EndPoints[0].Port;

    /// <summary>The host name that invitations carry; empty on a Unix socket or named pipe.</summary>
    public string AdvertisedHostName => AdvertisedAddress.HostName(Options, EndPoints);

    /// <summary>The identity's public key.</summary>
    public StationPublicKey PublicKey => KeyPair.PublicKey;

    /// <summary>The identity's fingerprint, <c>SHA256:…</c>.</summary>
    public string Fingerprint => PublicKey.Fingerprint.ToString();

    /// <summary>Whether the identity exists only in memory, for this listener.</summary>
    public bool IsKeyTemporary => !KeyPair.IsStored;

    /// <summary>The invitation made at the start, for one identity; null once used or withdrawn, and where none was made.</summary>
    public StationInvitation? Invitation => _firstInvitation is { IsUsedUp: false, IsWithdrawn: false } entry && IsListening ? entry.Invitation : null;

    /// <summary>Whether it still accepts connections.</summary>
    public bool IsListening => Volatile.Read(ref _isStopped) == 0;

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The sessions that are open, or that still hold messages.</summary>
    public IReadOnlyList<StationSession> Sessions => _sessions.List();

    /// <summary>The files that come to its folder: those on their way, and the last 256 that are there or failed.</summary>
    public IReadOnlyList<StationTransfer> Transfers => _files?.Transfers ?? [];

    /// <summary>Connections that are in the handshake now.</summary>
    public int PendingConnections => _incoming.Count;

    /// <summary>
    /// What sessions that have ended hold that nobody has received, in bytes. Nothing of it is dropped: above <see cref="StationLimits.MaxUnread"/> no further
    /// session is accepted (Busy).
    /// </summary>
    public long UnreadBytes => _sessions.Unread;

    /// <summary>The peers who get no further session (Busy), as their ended ones hold over <see cref="StationLimits.MaxUnreadPerPeer"/> that nobody has received.</summary>
    public IReadOnlyList<Fingerprint> BusyPeers => _sessions.BusyPeers;

    /// <summary>Connections that failed before they were sessions.</summary>
    public long HandshakesFailed => Interlocked.Read(ref _handshakesFailed);

    /// <summary>The last 32 of them, the newest first.</summary>
    public IReadOnlyList<ListenerRefusal> Refusals => _refusals.List();

    /// <summary>Called with each failure of a handshake, for those who watch; its exceptions are ignored.</summary>
    public event EventHandler<HandshakeFailedEventArgs>? HandshakeFailed;

    /// <summary>Binds, starts to accept and returns.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static StationListener Start(StationListenerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (string suite in options.Suites)
        {
            StationSuite.Parse(suite);
        }

        if (options.Protocols.Count == 0)
        {
            throw new StationException(StationFault.InvalidArgument, "A listener needs a protocol to speak.");
        }

        foreach (IStationProtocol protocol in options.Protocols)
        {
            StationProtocols.RequireAllowed(protocol, options.Legacy);
        }

        return Start(options, ListenerSockets.Open(options.Address, options.Port));
    }

    /// <summary>Starts to accept by acceptors that it owns from now on.</summary>
    internal static StationListener Start(StationListenerOptions options, IReadOnlyList<IConnectionAcceptor> acceptors)
    {
        try
        {
            AdvertisedAddress.Check(options, acceptors[0].Address);
            var listener = new StationListener(options, acceptors);
            AuditTrail.Report(new AuditEvent(AuditEventKind.ListenerStarted) { Listener = listener.Id, Address = string.Join(", ", listener.Addresses), Fingerprint = listener.Fingerprint, Detail = string.Join(", ", listener.Protocols) });
            return listener;
        }
        catch
        {
            foreach (IConnectionAcceptor acceptor in acceptors)
            {
                acceptor.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            throw;
        }
    }

    /// <summary>Makes another invitation.</summary>
    /// <param name="maxUses">How many identities may use it, 1 or more.</param>
    /// <param name="expiresIn">For how long.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>; <see cref="StationFault.InvalidState"/>: the listener has stopped, has made too many, or takes no suite
    /// with psk3, so that nobody could use one.
    /// </exception>
    public StationInvitation CreateInvitation(int maxUses, TimeSpan expiresIn) => InvitationMaker.Add(this, maxUses, expiresIn);

    /// <summary>The invitations that it has given out, also those that let nobody in any more; those that expire first first.</summary>
    public IReadOnlyList<ListenerInvitation> GetInvitations() =>
        [.. Invitations.List().Select(entry => new ListenerInvitation(this, entry, Options.Clock.GetUtcNow()))];

    /// <summary>
    /// Withdraws an invitation: whoever presents it from now on is refused as with one that has expired. Those whom it let in stay in; to end that,
    /// withdraw trust in them (<see cref="ITrustStore.Revoke"/>).
    /// </summary>
    /// <returns>False: it was withdrawn before, or is none of this listener's.</returns>
    public bool WithdrawInvitation(StationInvitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        return Invitations.FindEntry(invitation.Id) is { } entry && entry.Withdraw();
    }

    /// <summary>The next accepted session: each once, in order, also one that has ended already (of those, the last 1,024).</summary>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/>: the listener was stopped.</exception>
    public Task<StationSession> AcceptAsync(CancellationToken cancellationToken = default) => _sessions.AcceptAsync(cancellationToken);

    /// <summary>The oldest message of any session, waiting for it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/>: the listener was stopped and nothing is left.</exception>
    public Task<StationMessage> ReceiveAsync(CancellationToken cancellationToken = default) => _sessions.ReceiveAsync(cancellationToken);

    /// <summary>The oldest message of any session, if there is one.</summary>
    public bool TryReceive([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StationMessage? message) => _sessions.TryReceive(out message);

    /// <summary>Stops accepting, closes all sessions in order, forgets the invitations. Messages that came stay readable.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await _incoming.StopAsync().ConfigureAwait(false);
        Handlers.Close();
        AuditTrail.Report(new AuditEvent(AuditEventKind.ListenerStopped) { Listener = Id, Address = string.Join(", ", Addresses) });
        try
        {
            await Task.WhenAll(_sessions.List().Select(session => EndAsync(session, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Finish();
            _guard.Dispose();
            _incoming.Dispose();
            Invitations.Dispose();
            _protocols.ForEach(static protocol => protocol.Dispose());
            Options.State?.Dispose();
            if (Options.KeyPair is null)
            {
                KeyPair.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>The <see cref="Id"/>.</summary>
    public override string ToString() => Id;
}
