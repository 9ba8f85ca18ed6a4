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
    private readonly TimeSpan _patience = PatienceOf(options.Limits);
    private int _isDisposed;

    /// <summary>
    /// How long one attempt may take. There is one at a time, so what is silent must not hold up the next for as long as the first connection was given, which
    /// may be for ever; and what was given for a listener nearby must not be too little for the way back through a bad network.
    /// </summary>
    internal static TimeSpan PatienceOf(StationLimits limits) =>
        limits.HandshakeTimeout < TimeSpan.Zero || limits.HandshakeTimeout > limits.DeadAfter ? limits.DeadAfter
        : limits.HandshakeTimeout < StationLimits.Default.HandshakeTimeout ? StationLimits.Default.HandshakeTimeout
        : limits.HandshakeTimeout;

    public async Task<ResumeAnswer> ConnectAsync(SecureSession session, ulong lastId, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_patience);
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
            throw new StationException(StationFault.Timeout, $"{session.RemoteAddress} did not answer within {_patience.TotalSeconds:0.###} s.", e);
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
