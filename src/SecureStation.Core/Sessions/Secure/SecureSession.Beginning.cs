using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

// From the handshake to the first message: the Welcomes (docs/protocol/station-1.md, section 5).
public sealed partial class SecureSession
{
    /// <summary>This side's Welcome, sealed, for the caller to write.</summary>
    /// <param name="sessionId">16 bytes; zeros from the initiator.</param>
    internal byte[] SealWelcome(ReadOnlySpan<byte> sessionId) =>
        _connection.Writer.Seal(CreateWelcome(Convert.ToHexStringLower(sessionId), 0));

    /// <summary>Ends a session that was never started, and frees its keys.</summary>
    internal async ValueTask DiscardAsync(StationException reason)
    {
        _pump.Abort(reason);
        await _connection.DropAsync().ConfigureAwait(false);
        _reconnector?.Dispose();
    }

    /// <summary>Waits for the peer's Welcome, beginning with what the handshake read too much, and starts.</summary>
    /// <exception cref="StationException">The peer closed instead, or the connection broke.</exception>
    internal async Task StartAsync(ReadOnlyMemory<byte> alreadyRead, CancellationToken cancellationToken)
    {
        WelcomeFrame welcome;
        try
        {
            welcome = await _connection.ReadWelcomeAsync(alreadyRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await DiscardAsync(e as StationException ?? new StationException(StationFault.SessionClosed, "The session was aborted.", e)).ConfigureAwait(false);
            throw;
        }

        Start(welcome);
    }

    /// <summary>Starts, after the peer's Welcome.</summary>
    internal void Start(WelcomeFrame welcome)
    {
        _description = _description with
        {
            Id = Role == StationRole.Initiator ? welcome.SessionId : _description.Id,
            ConnectedAt = _time.GetUtcNow(),
        };
        _isKept = welcome.IsKept && (_keeper is not null || _reconnector is not null);
        _journal?.Begin(new State.StoredSession { Id = Id, Role = Role, Address = _address, Peer = RemotePublicKey!, Suite = Suite, Begun = ConnectedAt });
        if (_pump.Attach(_connection, welcome with { LastId = 0 }, _isKept) is { } attached)
        {
            Volatile.Write(ref _isStarted, true);
            _running = RunAsync(attached);
        }
        else
        {
            _connection.Transport.Abort();
            _connection.Dispose();
        }
    }
}
