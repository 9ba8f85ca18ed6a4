using SecureStation.Core.Framing;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A transport with the keys of one handshake: it begins with the Welcomes, or with a Close instead of one, and carries frames then.</summary>
internal sealed class SecureConnection(ITransport transport, TransportState noise, StationLimits limits, ReceiveWindow window, StationSession session) : IDisposable
{
    private const int MaxCourtesyReads = 64;

    public ITransport Transport => transport;

    public TransportState Noise => noise;

    /// <summary>Whether Close was sent instead of frames: the transport may end in order.</summary>
    public bool HasRefused { get; private set; }

    public ConnectionReader Reader { get; } = new(transport, noise, limits, window, session);

    public ConnectionWriter Writer { get; } = new(transport, noise);

    /// <summary>Waits for the peer's Welcome, which stays in <see cref="Reader"/>.</summary>
    /// <param name="alreadyRead">What the handshake read too much.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">The peer refused, or the handshake failed at <see cref="HandshakeStage.Welcome"/>.</exception>
    public async Task<WelcomeFrame> ReadWelcomeAsync(ReadOnlyMemory<byte> alreadyRead, CancellationToken cancellationToken)
    {
        try
        {
            Reader.Begin(alreadyRead.Span);
            while (Reader.Welcome is null && Reader.Arrived.IsEmpty && !Reader.IsDone)
            {
                await Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            throw PeerReasons.ToHandshakeFailure(new StationException(StationFault.Truncated, $"The connection broke. {e.Message}", e));
        }

        if (Reader.Welcome is { } welcome)
        {
            return welcome;
        }

        // The only frame that may come before Welcome is a Close.
        if (!Reader.Arrived.IsEmpty)
        {
            await TellWithinAsync(Closing.Courtesy, StationReason.Closed, cancellationToken).ConfigureAwait(false);
            throw PeerReasons.ToRefusal((ushort)Reader.Arrived[0].Control.First);
        }

        if (Reader.Failure is { } failure)
        {
            await TellWithinAsync(Closing.Courtesy, StationReason.ProtocolError, cancellationToken).ConfigureAwait(false);
            throw PeerReasons.ToHandshakeFailure(failure);
        }

        throw PeerReasons.ToHandshakeFailure(new StationException(StationFault.Truncated, "The connection ended."));
    }

    /// <summary>
    /// Answers message 3 with Close instead of Welcome, and reads on until the peer is done: bytes left unread would reset the connection and lose the
    /// Close.
    /// </summary>
    public async Task RefuseAsync(StationReason reason, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Closing.Courtesy);
        try
        {
            await TellAsync(reason, limit.Token).ConfigureAwait(false);
            byte[] scratch = new byte[512];
            for (int i = 0; i < MaxCourtesyReads && await transport.ReadAsync(scratch, limit.Token).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone: it has no more use for the reason.
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        noise.Dispose();
    }

    private async Task TellWithinAsync(TimeSpan time, StationReason reason, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            await TellAsync(reason, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone: it has no more use for the reason.
        }
    }

    private async Task TellAsync(StationReason reason, CancellationToken cancellationToken)
    {
        await transport.WriteAsync(Writer.Seal(ControlFrame.Close(reason, 0)), cancellationToken).ConfigureAwait(false);
        await transport.CompleteWritesAsync().ConfigureAwait(false);
        HasRefused = true;
    }
}
