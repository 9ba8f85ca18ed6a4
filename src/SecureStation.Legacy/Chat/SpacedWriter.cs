using SecureStation.Core.Transport;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// Writes to a peer that takes what one <c>recv</c> gives for one message: with a pause between two writes, unless the peer has said
/// something between them and so has probably read the first.
/// </summary>
internal sealed class SpacedWriter(ITransport transport)
{
    private long _lastWrite = Environment.TickCount64;
    private volatile bool _hasHeard;

    /// <summary>Notes that something came from the peer.</summary>
    public void NoteHeard() => _hasHeard = true;

    /// <summary>Writes after the pause that is due.</summary>
    /// <param name="wire">Makes the bytes, at the moment of writing.</param>
    /// <param name="gap">The least time after the write before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WriteAsync(Func<byte[]> wire, TimeSpan gap, CancellationToken cancellationToken)
    {
        TimeSpan pause = gap - TimeSpan.FromMilliseconds(Environment.TickCount64 - _lastWrite);
        if (!_hasHeard && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }

        _hasHeard = false;
        await transport.WriteAsync(wire(), cancellationToken).ConfigureAwait(false);
        _lastWrite = Environment.TickCount64;
    }

    /// <summary>Writes several messages, of which the peer can have answered none but the last.</summary>
    public async ValueTask WriteInARowAsync(IEnumerable<byte[]> messages, TimeSpan gap, CancellationToken cancellationToken)
    {
        foreach (byte[] message in messages)
        {
            await WriteAsync(() => message, gap, cancellationToken).ConfigureAwait(false);
            _hasHeard = false;
        }
    }
}
