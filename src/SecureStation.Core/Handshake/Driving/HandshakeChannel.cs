using System.Buffers.Binary;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>
/// Carries handshake messages over a transport, and keeps what was read beyond them:
/// <code>
/// u16 length (1 … 4,096) | Noise message
/// u16 0 | u16 reason                        a plain refusal, only instead of message 2, message 3 or Welcome
/// </code>
/// </summary>
/// <param name="transport">What carries them.</param>
/// <param name="asked">The suite that this side asks for; null where it is the responder.</param>
/// <param name="invitation">The invitation in use.</param>
internal sealed class HandshakeChannel(ITransport transport, StationSuite? asked = null, StationInvitation? invitation = null)
{
    // Small at first: thousands of connections may wait for their first message at once.
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>Reads the preamble line; returns its suite.</summary>
    public async ValueTask<string> ReadPreambleAsync(CancellationToken cancellationToken)
    {
        string suite;
        int length;
        while (!Preamble.TryRead(_buffer.AsSpan(0, _length), out suite, out length))
        {
            await FillAsync(_length + 1, HandshakeStage.Preamble, cancellationToken).ConfigureAwait(false);
        }

        Drop(length);
        return suite;
    }

    /// <summary>Reads message 1, whose length the suite says: another is refused before anything is kept for it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>.</exception>
    public async ValueTask<byte[]> ReadMessage1Async(StationSuite suite, CancellationToken cancellationToken)
    {
        int length = await PeekLengthAsync(HandshakeStage.Message1, cancellationToken).ConfigureAwait(false);
        if (length != suite.Message1Length)
        {
            throw UnexpectedLength(length, HandshakeStage.Message1);
        }

        await FillAsync(2 + length, HandshakeStage.Message1, cancellationToken).ConfigureAwait(false);
        return TakeMessage(length);
    }

    /// <summary>Reads one handshake message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>; with <see cref="StationException.PeerHint"/> where the peer refused.</exception>
    public async ValueTask<byte[]> ReadMessageAsync(HandshakeStage stage, CancellationToken cancellationToken)
    {
        int length = await PeekLengthAsync(stage, cancellationToken).ConfigureAwait(false);
        if (length > StationHandshake.MaxMessageLength)
        {
            throw UnexpectedLength(length, stage);
        }

        await FillAsync(2 + length, stage, cancellationToken).ConfigureAwait(false);
        return TakeMessage(length);
    }

    /// <summary>
    /// Waits for the length of what comes next and leaves it unread. Also the initiator's first step after message 3: the responder
    /// that could not read it refuses in clear where its Welcome is due.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>; with <see cref="StationException.PeerHint"/> where the peer refused.</exception>
    public async ValueTask<int> PeekLengthAsync(HandshakeStage stage, CancellationToken cancellationToken)
    {
        await FillAsync(2, stage, cancellationToken).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        if (length != 0)
        {
            return length;
        }

        if (stage == HandshakeStage.Message1)
        {
            // Nobody can refuse before there was anything to refuse.
            throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at {stage}: an empty message.") { Stage = stage };
        }

        await FillAsync(4, stage, cancellationToken).ConfigureAwait(false);
        ushort reason = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2));
        string hint = StationReasons.Describe(reason);
        string what = (StationReason)reason == StationReason.UnsupportedSuite && asked is not null ? SuiteRefusal.Describe(asked, invitation) : $"the peer refused (it says {hint}).";
        throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {what}")
        {
            Stage = stage,
            PeerHint = hint,
        };
    }

    /// <summary>Lets the handshake write a message, after <paramref name="before"/> and followed by <paramref name="after"/>, in one write.</summary>
    public static async ValueTask WriteMessageAsync(ITransport transport, StationHandshake handshake, ReadOnlyMemory<byte> before, Func<byte[]>? after, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> all = Format(handshake, before.Span);
        if (after?.Invoke() is { } more)
        {
            all = (byte[])[.. all.Span, .. more];
        }

        await transport.WriteAsync(all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the handshake make a message; returns it behind its length and what comes before that.</summary>
    public static byte[] Format(StationHandshake handshake, ReadOnlySpan<byte> before)
    {
        byte[] bytes = new byte[before.Length + 2 + handshake.NextMessageLength];
        before.CopyTo(bytes);
        int length = handshake.Write(bytes.AsSpan(before.Length + 2));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(before.Length), (ushort)length);
        return bytes;
    }

    /// <summary>Tells the peer in clear why it is refused. A hint: what cannot be said in time is left unsaid.</summary>
    public async ValueTask RefuseAsync(StationReason reason)
    {
        byte[] refusal = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(refusal.AsSpan(2), (ushort)reason);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await transport.WriteAsync(refusal, limit.Token).ConfigureAwait(false);
            await transport.CompleteWritesAsync().ConfigureAwait(false);

            // Closing with unread bytes would reset the connection and lose the hint: read what is on its way, briefly.
            byte[] scratch = new byte[1024];
            for (int i = 0; i < 16 && await transport.ReadAsync(scratch, limit.Token).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone or does not read: the refusal was only a courtesy.
        }
    }

    /// <summary>What was read beyond the handshake messages: the beginning of the transport phase.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(0, _length);

    private byte[] TakeMessage(int length)
    {
        byte[] message = _buffer.AsSpan(2, length).ToArray();
        Drop(2 + length);
        return message;
    }

    private StationException UnexpectedLength(int length, HandshakeStage stage)
    {
        string other = OtherProtocol.Describe(_buffer.AsSpan(0, _length));
        return new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: a message of {length} bytes is announced{other}.") { Stage = stage };
    }

    /// <summary>Reads until so many bytes are there, and has room for no more than it must: thousands may wait here.</summary>
    private async ValueTask FillAsync(int wanted, HandshakeStage stage, CancellationToken cancellationToken)
    {
        if (_buffer.Length < wanted)
        {
            Array.Resize(ref _buffer, wanted);
        }

        while (_length < wanted)
        {
            int read;
            try
            {
                read = await transport.ReadAsync(_buffer.AsMemory(_length), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at {stage}: the connection broke.", e) { Stage = stage };
            }

            if (read == 0)
            {
                throw new StationException(StationFault.HandshakeFailed, $"The handshake failed at {stage}: the peer closed the connection.") { Stage = stage };
            }

            _length += read;
        }
    }

    private void Drop(int count)
    {
        _length -= count;
        _buffer.AsSpan(count, _length).CopyTo(_buffer);
    }
}
