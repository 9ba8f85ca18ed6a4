using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>
/// Accepts stations: many at once, no thread each, every connection on its own, so that a bad client disturbs nobody.
/// </summary>
public sealed class StationListener : IAsyncDisposable
{
    private static readonly TimeSpan s_longestInvitation = TimeSpan.FromDays(36_525);

    private readonly IReadOnlyList<Socket> _sockets;
    private readonly List<IProtocolListener> _protocols = [];
    private readonly PendingConnections _pending;
    private readonly SemaphoreSlim _workPermits;
    private readonly CancellationTokenSource _stop = new();
    private readonly AcceptedSessions _sessions = new();
    private readonly List<Task> _acceptLoops = [];
    private readonly InvitationEntry? _firstInvitation;
    private long _handshakesFailed;
    private int _isStopped;

    private StationListener(StationListenerOptions options, IReadOnlyList<Socket> sockets)
    {
        Options = options;
        _sockets = sockets;
        KeyPair = options.KeyPair ?? StationKeyPair.Generate();
        StaticKey = new StationStaticKey(KeyPair);
        Invitations = new InvitationBook(options.Clock);
        _pending = new PendingConnections(options.Limits.MaxPendingConnections);
        _workPermits = new SemaphoreSlim(options.Limits.MaxConcurrentHandshakes);
        EndPoints = sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!).ToArray();
        if (options.InvitationLifetime > TimeSpan.Zero && options.Protocols.Contains(StationProtocols.Station))
        {
            _firstInvitation = Invitations.Add(CreateInvitation(options.InvitationLifetime), maxUses: 1);
        }

        _protocols.AddRange(options.Protocols.Select(protocol => protocol.CreateListener(this)));
    }

    /// <summary>What it was started with.</summary>
    public StationListenerOptions Options { get; }

    /// <summary>The names of the protocols that it speaks.</summary>
    public IReadOnlyList<string> Protocols => [.. Options.Protocols.Select(static protocol => protocol.Name)];

    internal StationKeyPair KeyPair { get; }

    internal StationStaticKey StaticKey { get; }

    internal InvitationBook Invitations { get; }

    /// <summary>A short name, unique in this process.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    /// <summary>The addresses it listens on.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The port.</summary>
    public int Port => EndPoints[0].Port;

    /// <summary>The host name that invitations carry.</summary>
    public string AdvertisedHostName => Options.AdvertisedHostName ?? DefaultHostName();

    /// <summary>The identity's public key.</summary>
    public StationPublicKey PublicKey => KeyPair.PublicKey;

    /// <summary>The identity's fingerprint, <c>SHA256:…</c>.</summary>
    public string Fingerprint => PublicKey.Fingerprint.ToString();

    /// <summary>Whether the identity exists only in memory, for this listener.</summary>
    public bool IsKeyTemporary => !KeyPair.IsStored;

    /// <summary>The invitation made at the start, for one identity; null once used, and where none was made.</summary>
    public StationInvitation? Invitation => _firstInvitation is { IsUsedUp: false } entry && IsListening ? entry.Invitation : null;

    /// <summary>Whether it still accepts connections.</summary>
    public bool IsListening => Volatile.Read(ref _isStopped) == 0;

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The sessions that are open, or that still hold messages.</summary>
    public IReadOnlyList<StationSession> Sessions => _sessions.List();

    /// <summary>Connections that are in the handshake now.</summary>
    public int PendingConnections => _pending.Count;

    /// <summary>Connections that failed before they were sessions.</summary>
    public long HandshakesFailed => Interlocked.Read(ref _handshakesFailed);

    /// <summary>Called with each failure of a handshake, for those who watch; its exceptions are ignored.</summary>
    public event EventHandler<HandshakeFailedEventArgs>? HandshakeFailed;

    /// <summary>Binds, starts to accept and returns.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static StationListener Start(StationListenerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (string suite in options.Suites)
        {
            if (!StationSuite.All.Contains(suite))
            {
                throw new StationException(StationFault.InvalidArgument, $"'{suite}' is no suite of the station protocol; use some of {string.Join(", ", StationSuite.All)}.");
            }
        }

        if (options.Protocols.Count == 0)
        {
            throw new StationException(StationFault.InvalidArgument, "A listener needs a protocol to speak.");
        }

        foreach (IStationProtocol protocol in options.Protocols)
        {
            StationProtocols.RequireAllowed(protocol, options.Legacy);
        }

        IReadOnlyList<Socket> sockets = ListenerSockets.Open(options.Address, options.Port);
        StationListener listener;
        try
        {
            listener = new StationListener(options, sockets);
        }
        catch
        {
            foreach (Socket socket in sockets)
            {
                socket.Dispose();
            }

            throw;
        }

        foreach (Socket socket in sockets)
        {
            listener._acceptLoops.Add(listener.AcceptLoopAsync(socket));
        }

        return listener;
    }

    /// <summary>Makes another invitation.</summary>
    /// <param name="maxUses">How many identities may use it, 1 or more.</param>
    /// <param name="expiresIn">For how long.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>; <see cref="StationFault.InvalidState"/>: the listener has stopped, or has made too many.
    /// </exception>
    public StationInvitation CreateInvitation(int maxUses, TimeSpan expiresIn)
    {
        if (maxUses < 1 || expiresIn <= TimeSpan.Zero || expiresIn > s_longestInvitation)
        {
            throw new StationException(StationFault.InvalidArgument, "An invitation is for one identity or more, and for 100 years at most.");
        }

        if (!IsListening)
        {
            throw new StationException(StationFault.InvalidState, "The listener has stopped; it makes no more invitations.");
        }

        StationInvitation invitation = CreateInvitation(expiresIn);
        Invitations.Add(invitation, maxUses);
        return invitation;
    }

    /// <summary>The next accepted session: each once, in order, also one that has ended already.</summary>
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

        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        _pending.AbortWaiting();
        await Task.WhenAll(_acceptLoops).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_sessions.List().Select(session => session.CloseAsync(cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Finish();
            Invitations.Dispose();
            _protocols.ForEach(static protocol => protocol.Dispose());
            StaticKey.Dispose();
            if (Options.KeyPair is null)
            {
                KeyPair.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task AcceptLoopAsync(Socket socket)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                bool hasLeft = e is SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset };
                if (!hasLeft && !_stop.IsCancellationRequested)
                {
                    // Out of descriptors: a short rest, and on. A client that left while it was accepted must not slow down the others.
                    await Task.Delay(50).ConfigureAwait(false);
                }

                continue;
            }

            try
            {
                _ = ServeAsync(new TcpTransport(client));
            }
            catch (SocketException)
            {
                // It has left already.
                client.Dispose();
            }
        }
    }

    private async Task ServeAsync(TcpTransport transport)
    {
        // Before the yield, so that the list is in the order of arrival.
        LinkedListNode<ITransport> ticket = _pending.Add(transport);

        // Whatever happens from here on is this connection's own affair.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var connection = new PendingConnection(this, ticket, deadline);
        connection.AwaitFirstMessage();
        try
        {
            StationSession session = await AcceptAsync(transport, connection, deadline.Token).ConfigureAwait(false);
            _sessions.Add(session);
            connection.HasPlace = false;
            if (_stop.IsCancellationRequested)
            {
                await session.CloseAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e)
        {
            transport.Abort();
            HandshakeStage stage = (e as HandshakeCanceledException)?.Stage ?? HandshakeStage.None;
            Report(transport, new StationException(StationFault.Timeout, "The client did not complete the handshake in time.", e) { Stage = stage });
        }
        catch (StationException e)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            Report(transport, e);
        }
        catch (Exception e)
        {
            transport.Abort();
            Report(transport, new StationException(StationFault.HandshakeFailed, $"The handshake failed: {e.Message}", e));
        }
        finally
        {
            _pending.Remove(ticket);
            if (connection.HasPlace)
            {
                _sessions.ReturnPlace();
            }
        }
    }

    private async Task<StationSession> AcceptAsync(ITransport transport, PendingConnection connection, CancellationToken cancellationToken)
    {
        if (_protocols.Count == 1)
        {
            return await _protocols[0].AcceptAsync(transport, connection, cancellationToken).ConfigureAwait(false);
        }

        var replay = new ReplayTransport(transport, ProtocolRecognition.MaxBytes);
        int protocol;
        try
        {
            protocol = await ProtocolRecognition.RecogniseAsync(replay, Options.Protocols, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at Preamble: {e.Message}", e) { Stage = HandshakeStage.Preamble };
        }

        return await _protocols[protocol].AcceptAsync(replay, connection, cancellationToken).ConfigureAwait(false);
    }

    private void Report(TcpTransport transport, StationException failure)
    {
        Interlocked.Increment(ref _handshakesFailed);
        try
        {
            HandshakeFailed?.Invoke(this, new HandshakeFailedEventArgs(transport.RemoteAddress, failure));
        }
        catch (Exception)
        {
            // Whoever watches must not be able to stop the listener.
        }
    }

    private StationInvitation CreateInvitation(TimeSpan expiresIn) =>
        StationInvitation.Create(AdvertisedHostName, Port, PublicKey.Fingerprint, Options.Clock.GetUtcNow() + expiresIn, IsKeyTemporary);

    private string DefaultHostName()
    {
        IPAddress first = EndPoints[0].Address;
        return first.Equals(IPAddress.Any) || first.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : first.ToString();
    }

    private sealed class PendingConnection(StationListener listener, LinkedListNode<ITransport> ticket, CancellationTokenSource deadline) : IPendingConnection
    {
        private readonly StationLimits _limits = listener.Options.Limits;
        private readonly long _startedAt = Stopwatch.GetTimestamp();

        /// <summary>Whether a place among the sessions is kept for this connection.</summary>
        public bool HasPlace { get; set; }

        /// <summary>Gives the client its time to begin.</summary>
        public void AwaitFirstMessage() =>
            deadline.CancelAfter(_limits.FirstMessageTimeout < _limits.HandshakeTimeout ? _limits.FirstMessageTimeout : _limits.HandshakeTimeout);

        public bool TryTakePlace() => HasPlace = listener._sessions.TryTakePlace(_limits.MaxSessions);

        public void FirstMessageRead()
        {
            listener._pending.FirstMessageRead(ticket);
            TimeSpan left = _limits.HandshakeTimeout - Stopwatch.GetElapsedTime(_startedAt);
            deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        public async ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken)
        {
            await listener._workPermits.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await work().ConfigureAwait(false);
            }
            finally
            {
                listener._workPermits.Release();
            }
        }
    }
}
