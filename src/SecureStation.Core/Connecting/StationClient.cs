using SecureStation.Core.Auditing;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

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
        _options = options;
        _protocol = options.Protocol.CreateClient(options);
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
    /// <see cref="StationFault.ConnectFailed"/>, <see cref="StationFault.HandshakeFailed"/> with its stage, <see cref="StationFault.PeerUntrusted"/>,
    /// <see cref="StationFault.PeerKeyChanged"/>, <see cref="StationFault.PeerRefused"/>, <see cref="StationFault.InvitationUsed"/>,
    /// <see cref="StationFault.InvitationExpired"/>, <see cref="StationFault.Timeout"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<StationSession> ConnectAsync(CancellationToken cancellationToken = default)
    {
        StationInvitation? invitation = _options.Trust.Invitation;
        (string host, int port) = invitation is null ? (_options.Host, _options.Port) : (invitation.Host, invitation.Port);
        await _protocol.PrepareAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Limits.HandshakeTimeout);
        TcpTransport? transport = null;
        try
        {
            transport = await TcpTransport.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
            return await ConnectAsync(transport, deadline.Token).ConfigureAwait(false);
        }
        catch (StationException e)
        {
            transport?.Abort();
            ReportFailure($"{host}:{port}", e);
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            transport?.Abort();
            var failure = new StationException(StationFault.Timeout, $"{host}:{port} did not {(transport is null ? "answer" : "complete the handshake")} within {_options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e)
            {
                Stage = transport is null ? HandshakeStage.Connect : (e as HandshakeCanceledException)?.Stage ?? HandshakeStage.Message2,
                Address = $"{host}:{port}",
            };
            ReportFailure($"{host}:{port}", failure);
            throw failure;
        }
        catch
        {
            transport?.Abort();
            throw;
        }
    }

    /// <summary>Shakes hands over a transport that is connected already; the session owns it then.</summary>
    public async Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken = default)
    {
        await _protocol.PrepareAsync(cancellationToken).ConfigureAwait(false);
        StationSession session = await _protocol.ConnectAsync(transport, cancellationToken).ConfigureAwait(false);
        SessionAudit.Begin(session);
        return session;
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
