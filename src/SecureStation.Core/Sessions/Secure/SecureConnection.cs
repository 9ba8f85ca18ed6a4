using SecureStation.Core.Framing;
using SecureStation.Core.Noise;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A transport with the keys of one handshake: it begins with the Welcomes, or with a Close instead of one, and carries frames then.</summary>
internal sealed class SecureConnection(ITransport transport, TransportState noise, StationLimits limits) : IDisposable
{
    private const int MaxCourtesyReads = 64;

    public ITransport Transport => transport;

    public TransportState Noise => noise;

    /// <summary>Whether Close was sent instead of frames: the transport may end in order.</summary>
    public bool HasRefused { get; private set; }

    public ConnectionReader Reader { get; } = new(transport, noise, limits);

    public ConnectionWriter Writer { get; } = new(transport, noise);

    /// <summary>Says whose messages come: from now on more than a Welcome is read.</summary>
    /// <param name="window">What the session has received and taken; the next message follows on that.</param>
    /// <param name="session">The session.</param>
    public void Bind(ReceiveWindow window, StationSession session) => Reader.Bind(window, session);

    /// <summary>Writes this side's Welcome.</summary>
    public ValueTask WriteAsync(WelcomeFrame welcome, CancellationToken cancellationToken) => transport.WriteAsync(Writer.Seal(welcome), cancellationToken);

    /// <summary>Waits for the peer's Welcome, or its Close instead.</summary>
    /// <param name="alreadyRead">What the handshake read too much.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">The handshake failed at <see cref="HandshakeStage.Welcome"/>.</exception>
    public async Task<(WelcomeFrame? Welcome, ControlFrame Close)> ReadAnswerAsync(ReadOnlyMemory<byte> alreadyRead, CancellationToken cancellationToken)
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
            return (welcome, default);
        }

        // The only frame that may come before Welcome is a Close.
        if (!Reader.Arrived.IsEmpty)
        {
            await TellWithinAsync(Closing.Courtesy, StationReason.Closed, cancellationToken).ConfigureAwait(false);
            return (null, Reader.Arrived[0].Control);
        }

        if (Reader.Failure is { } failure)
        {
            await TellWithinAsync(Closing.Courtesy, StationReason.ProtocolError, cancellationToken).ConfigureAwait(false);
            throw PeerReasons.ToHandshakeFailure(failure);
        }

        throw PeerReasons.ToHandshakeFailure(new StationException(StationFault.Truncated, "The connection ended."));
    }

    /// <summary>Waits for the peer's Welcome, which stays in <see cref="Reader"/>.</summary>
    /// <inheritdoc cref="ReadAnswerAsync"/>
    /// <exception cref="StationException">The peer refused, or the handshake failed at <see cref="HandshakeStage.Welcome"/>.</exception>
    public async Task<WelcomeFrame> ReadWelcomeAsync(ReadOnlyMemory<byte> alreadyRead, CancellationToken cancellationToken)
    {
        (WelcomeFrame? welcome, ControlFrame close) = await ReadAnswerAsync(alreadyRead, cancellationToken).ConfigureAwait(false);
        return welcome ?? throw PeerReasons.ToRefusal((ushort)close.First);
    }

    /// <summary>
    /// Answers message 3 with Close instead of Welcome, and reads on until the peer is done: bytes left unread would reset the connection and lose the
    /// Close.
    /// </summary>
    public async Task RefuseAsync(StationReason reason, ulong lastId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Closing.Courtesy);
        if (await TellAsync(reason, limit.Token, lastId).ConfigureAwait(false))
        {
            await ReadOutAsync(limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the peer why nothing more comes, and ends the sending direction. False: it is gone, and has no more use for the reason.</summary>
    public async Task<bool> TellAsync(StationReason reason, CancellationToken cancellationToken, ulong lastId = 0)
    {
        try
        {
            await transport.WriteAsync(Writer.Seal(ControlFrame.Close(reason, lastId)), cancellationToken).ConfigureAwait(false);
            await transport.CompleteWritesAsync().ConfigureAwait(false);
            return HasRefused = true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Reads and drops what the peer still sends, within bounds.</summary>
    public async Task ReadOutAsync(CancellationToken cancellationToken)
    {
        byte[] scratch = new byte[512];
        try
        {
            for (int i = 0; i < MaxCourtesyReads && await transport.ReadAsync(scratch, cancellationToken).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone.
        }
    }

    /// <summary>Ends a connection that no session has, and frees its keys. What was said on it still reaches the peer.</summary>
    public async ValueTask DropAsync()
    {
        if (HasRefused)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            transport.Abort();
        }

        Dispose();
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
        await TellAsync(reason, limit.Token).ConfigureAwait(false);
    }
}
