using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// What comes in at a listener: each connection on its own from its first byte to its session, so that a bad client disturbs nobody.
/// </summary>
internal sealed class IncomingConnections : IDisposable
{
    private readonly StationListenerOptions _options;
    private readonly IReadOnlyList<IProtocolListener> _protocols;
    private readonly AcceptedSessions _sessions;
    private readonly Action<StationSession> _connected;
    private readonly Action<string, StationException> _failed;
    private readonly PendingConnections _pending;
    private readonly HandshakeWork _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly AcceptLoop _loop;

    /// <summary>Begins to accept.</summary>
    /// <param name="options">The listener's.</param>
    /// <param name="acceptors">Where they come in; owned from here on.</param>
    /// <param name="protocols">The accepting sides of the options' protocols, in the same order.</param>
    /// <param name="sessions">Where the sessions go.</param>
    /// <param name="connected">Told of each session when it is there.</param>
    /// <param name="failed">Told of each connection that failed, with its address.</param>
    public IncomingConnections(
        StationListenerOptions options,
        IReadOnlyList<IConnectionAcceptor> acceptors,
        IReadOnlyList<IProtocolListener> protocols,
        AcceptedSessions sessions,
        Action<StationSession> connected,
        Action<string, StationException> failed)
    {
        _options = options;
        _protocols = protocols;
        _sessions = sessions;
        _connected = connected;
        _failed = failed;
        _pending = new PendingConnections(options.Limits.MaxPendingConnections, options.Limits.MaxHandshakes);
        _work = new HandshakeWork(options.Limits.MaxConcurrentHandshakes);
        _loop = new AcceptLoop(acceptors, transport => _ = ServeAsync(transport), _pending.TryDropOldest);
    }

    /// <summary>Connections that are in the handshake now.</summary>
    public int Count => _pending.Count;

    /// <summary>Accepts no more, and drops what is in the handshake.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        _pending.DropAll();
    }

    public void Dispose() => _stop.Dispose();

    private async Task ServeAsync(ITransport transport)
    {
        // Before the yield, so that the places are in the order of arrival.
        using var connection = new PendingConnection(transport, _pending, _work, _sessions, _options.Limits, _stop.Token);
        _pending.Add(connection);

        // Whatever happens from here on is this connection's own affair.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            StationSession session = await AcceptAsync(transport, connection, connection.Token).ConfigureAwait(false);
            if (!connection.HasPlace)
            {
                // It goes on with a session that has its own.
                return;
            }

            connection.FillPlace(session);
            _connected(session);
            if (_stop.IsCancellationRequested)
            {
                await session.CloseAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            if (e is StationException && !connection.IsDropped)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                transport.Abort();
            }

            _failed(transport.RemoteAddress, Failure(e, connection));
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
            protocol = await ProtocolRecognition.RecogniseAsync(replay, _options.Protocols, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at Preamble: {e.Message}", e) { Stage = HandshakeStage.Preamble };
        }

        return await _protocols[protocol].AcceptAsync(replay, connection, cancellationToken).ConfigureAwait(false);
    }

    private static StationException Failure(Exception e, PendingConnection connection)
    {
        HandshakeStage stage = (e as HandshakeCanceledException)?.Stage ?? (e as StationException)?.Stage ?? HandshakeStage.None;
        return e switch
        {
            _ when connection.IsDropped => new StationException(StationFault.HandshakeFailed, "The connection was dropped: too many were in the handshake, and its source had the most of them.", e) { Stage = stage },
            StationException station => station,
            OperationCanceledException => new StationException(StationFault.Timeout, "The client did not complete the handshake in time.", e) { Stage = stage },
            _ => new StationException(StationFault.HandshakeFailed, $"The handshake failed: {e.Message}", e),
        };
    }
}
