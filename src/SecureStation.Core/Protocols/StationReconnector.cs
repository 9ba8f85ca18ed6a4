using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Protocols;

/// <summary>Makes the next connection of a client's session: to the same address, with the same identity, and never by an invitation.</summary>
/// <param name="options">The client's.</param>
/// <param name="keys">The client's keys, which live as long as the session.</param>
internal sealed class StationReconnector(ProtocolClientOptions options, StationClientKeys keys) : IReconnector
{
    private int _isDisposed;

    public async Task<ResumeAnswer> ConnectAsync(SecureSession session, ulong lastId, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Limits.HandshakeTimeout);
        ITransport? transport = null;
        try
        {
            transport = await options.Redial!(deadline.Token).ConfigureAwait(false);
            StationSuite suite = StationSuite.Parse(session.Suite).WithoutInvitation();
            var terms = new InitiatorTerms(suite, Invitation: null, options.Limits, remote => options.Trust.DecideAgain(remote, session.RemotePublicKey!));
            return await StationProtocolV1.ResumeAsync(transport, keys.Static, terms, session, lastId, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            transport?.Abort();
            throw new StationException(StationFault.Timeout, $"{session.RemoteAddress} did not answer within {options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e);
        }
        catch
        {
            transport?.Abort();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            keys.Release();
        }
    }
}
