using SecureStation.Core.Auditing;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Connecting;

/// <summary>Connects to stations. What its protocol keeps for all connections (a static key) is made once.</summary>
public sealed class StationClient : IDisposable
{
    private readonly StationClientOptions _options;
    private readonly IProtocolClient _protocol;

    /// <summary>Makes a client.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>; <see cref="StationFault.LegacyNotAllowed"/>: the protocol is insecure and was not allowed.
    /// </exception>
    public StationClient(StationClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        StationProtocols.RequireAllowed(options.Protocol, options.Legacy);
        if ((options.Reconnect || options.State is not null) && options.Protocol != StationProtocols.Station)
        {
            throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {options.Protocol.Name} cannot be resumed, so it cannot reconnect.");
        }

        _options = options;
        _protocol = options.Protocol.CreateClient(new ProtocolClientOptions
        {
            KeyPair = options.KeyPair,
            Trust = options.Trust,
            Suite = options.Suite,
            Legacy = options.Legacy,
            AllowSignedReceipts = options.AllowSignedReceipts,
            Limits = options.Limits,
            State = options.State?.Shared,
            Address = options.Trust.Address ?? options.TargetName,
            Redial = options.Reconnect || options.State is not null ? token => options.Dialer.ConnectAsync(options.Target, token) : null,
        });
    }

    /// <summary>Connects once with these options.</summary>
    /// <exception cref="StationException">See <see cref="ConnectAsync(CancellationToken)"/>.</exception>
    public static async Task<StationSession> ConnectAsync(StationClientOptions options, CancellationToken cancellationToken = default)
    {
        using var client = new StationClient(options);
        return await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects, shakes hands and returns the open session.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>, <see cref="StationFault.ProxyFailed"/>, <see cref="StationFault.HandshakeFailed"/> with its stage, <see cref="StationFault.PeerUntrusted"/>,
    /// <see cref="StationFault.PeerKeyChanged"/>, <see cref="StationFault.PeerRefused"/>, <see cref="StationFault.InvitationUsed"/>,
    /// <see cref="StationFault.InvitationExpired"/>, <see cref="StationFault.Timeout"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<StationSession> ConnectAsync(CancellationToken cancellationToken = default)
    {
        StationAddress target = _options.Target;
        await _protocol.PrepareAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Limits.HandshakeTimeout);
        RestoreEnded();
        if ((_protocol as StationProtocolClient)?.Restore() is { } restored && await ComeTogetherAsync(restored, target, deadline.Token, cancellationToken).ConfigureAwait(false))
        {
            SessionAudit.Begin(restored);
            return restored;
        }

        Task<ITransport> connecting = _options.Dialer.ConnectAsync(target, deadline.Token);
        try
        {
            StationSession session = await _protocol.ConnectAsync(connecting, deadline.Token).ConfigureAwait(false);
            SessionAudit.Begin(session);
            return session;
        }
        catch (StationException e)
        {
            await AbandonAsync(connecting, deadline).ConfigureAwait(false);
            ReportFailure(target.ToString(), e);
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            bool isConnected = await AbandonAsync(connecting, deadline).ConfigureAwait(false);
            var failure = new StationException(StationFault.Timeout, $"{target} did not {(isConnected ? "complete the handshake" : "answer")}{_options.Via} within {_options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e)
            {
                Stage = isConnected ? (e as HandshakeCanceledException)?.Stage ?? HandshakeStage.Message2 : HandshakeStage.Connect,
                Address = target.ToString(),
            };
            ReportFailure(target.ToString(), failure);
            throw failure;
        }
        catch
        {
            await AbandonAsync(connecting, deadline).ConfigureAwait(false);
            throw;
        }
    }

    private void RestoreEnded()
    {
        if (_options.EndedUnread is { } give)
        {
            foreach (SecureSession ended in (_protocol as StationProtocolClient)?.RestoreEnded() ?? [])
            {
                give(ended);
            }
        }
    }

    // False: the peer keeps the session no longer, and a new one is due. What it could not deliver stays in the state.
    private async Task<bool> ComeTogetherAsync(SecureSession restored, StationAddress target, CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            await restored.WhenTogetherAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            StationException failure = restored.Interruption ?? new StationException(StationFault.Timeout, $"{target} did not answer in time.", e) { Address = target.ToString() };
            restored.Suspend(failure);
            cancellationToken.ThrowIfCancellationRequested();
            throw new StationException(failure.Fault, $"The session in the state waits on: {failure.Message}", failure) { Address = target.ToString() };
        }

        if (restored is { EndReason: not null, InboxCount: > 0 })
        {
            _options.EndedUnread?.Invoke(restored);
        }

        return restored.EndReason switch
        {
            null => true,
            { Fault: StationFault.SessionLost or StationFault.SessionClosed } => false,
            _ => throw restored.CreateEndException(),
        };
    }

    /// <summary>Shakes hands over a transport that is connected already; the session owns it then.</summary>
    public async Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken = default)
    {
        await _protocol.PrepareAsync(cancellationToken).ConfigureAwait(false);
        StationSession session = await _protocol.ConnectAsync(transport, cancellationToken).ConfigureAwait(false);
        SessionAudit.Begin(session);
        return session;
    }

    /// <summary>Drops the connection that was made, or is being made. False: there was none.</summary>
    private static async Task<bool> AbandonAsync(Task<ITransport> connecting, CancellationTokenSource deadline)
    {
        if (!connecting.IsCompleted)
        {
            await deadline.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            (await connecting.ConfigureAwait(false)).Abort();
            return true;
        }
        catch (Exception)
        {
            // Whatever kind of dialer it is: who waits for the connection has the exception.
            return false;
        }
    }

    private static void ReportFailure(string address, StationException failure) => AuditTrail.Report(new AuditEvent(AuditEventKind.ConnectFailed)
    {
        Address = address,
        Fingerprint = failure.PeerFingerprint,
        Reason = failure.Fault.ToString(),
        Detail = failure.Message,
    });

    /// <summary>Forgets the static key; an identity made here goes with it.</summary>
    public void Dispose() => _protocol.Dispose();
}
