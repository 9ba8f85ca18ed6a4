using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

// Who may write: whoever set _isWriting under the gate owns batch and writer, until it hands them over or finds nothing to write.
internal sealed partial class SessionPump
{
    // Sends that follow the last write by less than this are the writer's.
    private static readonly TimeSpan s_close = TimeSpan.FromMicroseconds(10);

    // So many sends without an answer between them, and the last write so recent, are a stream: its messages wait so long for one another at most, or
    // until there are enough of them.
    private const int StreamFrom = 16;
    private const int StreamMessages = 64;
    private const int StreamBytes = 64 * 1024;
    private static readonly TimeSpan s_stream = TimeSpan.FromMilliseconds(1);

    private readonly WorkSignal _work = new();
    private readonly OutgoingBatch _batch = new();
    private bool _isWriting;
    private TimeSpan _lastWrite = -s_stream;
    private TimeSpan _gatherUntil = TimeSpan.MaxValue;
    private int _sendsSinceArrival;
    private int _gatheredMessages;
    private long _gatheredBytes;

    // What is handed over to the writer: a batch that is planned, or one whose write is under way.
    private bool _isPlanned;
    private ValueTask? _writeUnderWay;

    private bool TrySend(OutgoingMessage message, int headSize, Action<ulong>? accepted, out ulong id)
    {
        bool isQuiet;
        lock (_gate)
        {
            if (!_core.TrySend(message, headSize, accepted, out id))
            {
                return false;
            }

            if (_isWriting || _connection is null)
            {
                return true;
            }

            TimeSpan now = Now;
            if (IsToWait(message.Body.Length, now))
            {
                return true;
            }

            _isWriting = true;
            isQuiet = now - _lastWrite >= s_close;
        }

        if (isQuiet && !_gate.IsHeldByCurrentThread)
        {
            WriteOnce();
        }
        else
        {
            _work.Set();
        }

        return true;
    }

    // Under the gate. Nothing is lost by it: the timer, an arrival, a close or a wait for delivery sets the writer going.
    private bool IsToWait(int bodyLength, TimeSpan now)
    {
        if (++_sendsSinceArrival < StreamFrom || now - _lastWrite >= s_stream)
        {
            return false;
        }

        _gatheredBytes += bodyLength;
        if (++_gatheredMessages >= StreamMessages || _gatheredBytes >= StreamBytes)
        {
            return false;
        }

        if (_gatherUntil == TimeSpan.MaxValue)
        {
            _gatherUntil = now + s_stream;
            ArmTimer(now);
        }

        return true;
    }

    private async Task<ulong> WaitAndSendAsync(OutgoingMessage message, int headSize, Action<ulong>? accepted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room = _room.Arm();
            if (TrySend(message, headSize, accepted, out ulong id))
            {
                return id;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes one batch on the caller's thread. A write that has to wait, and whatever others send meanwhile, is the writer's.</summary>
    private void WriteOnce()
    {
        if (!Plan())
        {
            return;
        }

        if (!_batch.Closes)
        {
            ValueTask writing = BeginWrite(_connection!);
            if (!writing.IsCompletedSuccessfully)
            {
                _writeUnderWay = writing;
                _work.Set();
                return;
            }

            writing.GetAwaiter().GetResult();
            if (!NoteWritten(_connection!))
            {
                return;
            }
        }

        _isPlanned = true;
        _work.Set();
    }

    private async Task WriteAllAsync(SecureConnection connection)
    {
        while (true)
        {
            await _work.WaitAsync().ConfigureAwait(false);
            if (_isEnding)
            {
                return; // as the owner: nobody writes after this
            }

            try
            {
                for (bool more = _isPlanned || _writeUnderWay is not null || Plan(); more; more = NoteWritten(connection))
                {
                    ValueTask writing = _writeUnderWay ?? BeginWrite(connection);
                    _isPlanned = false;
                    _writeUnderWay = null;
                    await writing.ConfigureAwait(false);
                    if (_batch.Closes)
                    {
                        await connection.Writer.CompleteAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (Exception e)
            {
                FailWrite(e);
            }
        }
    }

    private ValueTask BeginWrite(SecureConnection connection)
    {
        try
        {
            return connection.Writer.WriteAsync(_batch, _stop.Token);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private bool Plan()
    {
        using Turn turn = Enter();
        return PlanOrRest(turn.Now);
    }

    private bool NoteWritten(SecureConnection connection)
    {
        using Turn turn = Enter();
        connection.Writer.Clear();
        _core.Written(_batch, connection.Writer.TransportMessages);
        _lastWrite = turn.Now;
        return PlanOrRest(turn.Now);
    }

    private void FailWrite(Exception failure)
    {
        using Turn turn = Enter();
        _core.OnWriteFailed(
            failure as StationException ?? new StationException(StationFault.Truncated, $"The connection broke: {failure.Message}", failure),
            turn.Now);
        Rest();
    }

    // Under the gate.
    private bool PlanOrRest(TimeSpan now)
    {
        if (_core.TryPlan(_batch, now))
        {
            _gatherUntil = TimeSpan.MaxValue;
            _gatheredMessages = 0;
            _gatheredBytes = 0;
            return true;
        }

        Rest();
        return false;
    }

    private void Rest()
    {
        _connection!.Writer.Release();
        _batch.Release();
        _isWriting = false;
    }
}
