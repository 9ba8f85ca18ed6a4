namespace SecureStation.Core.Sessions;

/// <summary>
/// When the peer is to hear what has come into and left the inbox: at once where much has, so that its window never stands still, else
/// within 2 ms, so that many messages share an Ack (docs/protocol/station-1.md, section 7).
/// </summary>
/// <param name="inbox">What is acknowledged.</param>
/// <param name="window">The window, in bytes, that this side gave the peer.</param>
/// <param name="send">Called, on any thread, when an Ack is to be sent.</param>
internal sealed class Acknowledgements(Inbox inbox, long window, Action send) : IDisposable
{
    private const int MaxUnacknowledgedMessages = 1024;
    private const int DelayMilliseconds = 2;

    private readonly Lock _gate = new();
    private ulong _id;
    private long _taken;
    private Timer? _timer;
    private bool _isTimerArmed;
    private bool _isDisposed;

    /// <summary>Whether there is something that the peer has not heard.</summary>
    public bool AreDue => inbox.LastId != Volatile.Read(ref _id) || inbox.BytesTaken != Volatile.Read(ref _taken);

    /// <summary>What the next Ack says: the last id in the inbox, and the body bytes taken out of it. The writer's to call.</summary>
    public (ulong LastId, long Taken) Take()
    {
        ulong id = inbox.LastId;
        long taken = inbox.BytesTaken;
        Volatile.Write(ref _id, id);
        Volatile.Write(ref _taken, taken);
        return (id, taken);
    }

    /// <summary>Something came into or left the inbox.</summary>
    public void NoteChange()
    {
        ulong messages = inbox.LastId - Volatile.Read(ref _id);
        long bytes = inbox.BytesTaken - Volatile.Read(ref _taken);
        if (bytes >= window / 2 || messages >= MaxUnacknowledgedMessages)
        {
            send();
        }
        else if ((messages > 0 || bytes > 0) && !Volatile.Read(ref _isTimerArmed))
        {
            ArmTimer();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void ArmTimer()
    {
        lock (_gate)
        {
            if (!_isTimerArmed && !_isDisposed)
            {
                _isTimerArmed = true;
                _timer ??= new Timer(static self => ((Acknowledgements)self!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
                _timer.Change(DelayMilliseconds, Timeout.Infinite);
            }
        }
    }

    private void OnTimer()
    {
        Volatile.Write(ref _isTimerArmed, false);
        if (AreDue)
        {
            send();
        }
    }
}
