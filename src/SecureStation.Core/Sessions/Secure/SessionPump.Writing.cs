using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

// Who may write: whoever set IsWriting under the gate owns the connection's batch and writer, until it hands them over or finds nothing to write.
internal sealed partial class SessionPump
{
    // Sends that follow the last write by less than this are the writer's.
    private static readonly TimeSpan s_close = TimeSpan.FromMicroseconds(10);

    // A body that fills a good part of a batch is written by who sends it: another thread could not share the write with more messages.
    private const int LargeBody = 32 * 1024;

    // So many sends without an answer between them, and the last write so recent, are a stream: its messages wait so long for one another at most, or
    // until there are enough of them.
    private const int StreamFrom = 16;
    private const int StreamMessages = 64;
    private const int StreamBytes = 256 * 1024;
    private static readonly TimeSpan s_stream = TimeSpan.FromMilliseconds(1);

    private TimeSpan _lastWrite = -s_stream;
    private TimeSpan _gatherUntil = TimeSpan.MaxValue;
    private int _sendsSinceArrival;
    private int _gatheredMessages;
    private long _gatheredBytes;

    private bool TrySend(OutgoingMessage message, int headSize, Action<ulong>? accepted, out ulong id)
    {
        bool isQuiet;
        PumpedConnection? connection;
        lock (_gate)
        {
            if (!_core.TrySend(message, headSize, accepted, out id))
            {
                return false;
            }

            connection = _connection;
            if (_isDurable)
            {
                // What is to be durable first sets the writer going when it is.
                WatchStoreFromNow();
                return true;
            }

            if (connection is null or { IsWriting: true })
            {
                return true;
            }

            TimeSpan now = Now;
            if (IsToWait(message.Body.Length, now))
            {
                return true;
            }

            connection.IsWriting = true;
            isQuiet = now - _lastWrite >= s_close;
        }

        if (isQuiet || message.Body.Length >= LargeBody)
        {
            WriteHere(connection);
        }
        else
        {
            connection.Work.Set();
        }

        return true;
    }

    /// <summary>Writes on this thread, as whoever may write; under the gate it is the writer's.</summary>
    private void WriteHere(PumpedConnection connection)
    {
        if (_gate.IsHeldByCurrentThread)
        {
            connection.Work.Set();
        }
        else
        {
            WriteOnce(connection);
        }
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

    // Who waits for room waits for an answer to what has been accepted: that is to go out.
    private void WriteGathered()
    {
        PumpedConnection? connection;
        lock (_gate)
        {
            connection = _connection;
            if (_gatheredMessages == 0 || connection is null or { IsWriting: true })
            {
                return;
            }

            connection.IsWriting = true;
        }

        WriteHere(connection);
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

            WriteGathered();

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes one batch on the caller's thread. A write that has to wait, and whatever others send meanwhile, is the writer's.</summary>
    private void WriteOnce(PumpedConnection connection)
    {
        if (!Plan(connection))
        {
            LeaveToWriter(connection);
            return;
        }

        ValueTask writing = BeginWrite(connection);
        if (!writing.IsCompletedSuccessfully)
        {
            connection.WriteUnderWay = writing;
            connection.Work.Set();
            return;
        }

        writing.GetAwaiter().GetResult();
        if (!NoteWritten(connection))
        {
            LeaveToWriter(connection);
            return;
        }

        connection.IsPlanned = true;
        connection.Work.Set();
    }

    private static void LeaveToWriter(PumpedConnection connection)
    {
        if (connection.IsLeft)
        {
            connection.Work.Set();
        }
    }

    private async Task WriteAllAsync(PumpedConnection connection)
    {
        while (!connection.IsLeft)
        {
            await connection.Work.WaitAsync().ConfigureAwait(false);
            try
            {
                if (connection.TakeWelcome() is { } welcome)
                {
                    await connection.Connection.WriteAsync(welcome, connection.Stop.Token).ConfigureAwait(false);
                }

                for (bool more = connection.IsPlanned || connection.WriteUnderWay is not null || Plan(connection); more; more = NoteWritten(connection))
                {
                    ValueTask writing = connection.WriteUnderWay ?? BeginWrite(connection);
                    connection.IsPlanned = false;
                    connection.WriteUnderWay = null;
                    await writing.ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                FailWrite(connection, e);
            }
        }

        // As the one who may write: nobody writes after this.
        if (connection is { IsSuperseded: true, IsBroken: false })
        {
            await connection.Connection.TellAsync(StationReason.Superseded, connection.Stop.Token).ConfigureAwait(false);
        }
    }

    private static ValueTask BeginWrite(PumpedConnection connection)
    {
        try
        {
            ValueTask writing = connection.Connection.Writer.WriteAsync(connection.Batch, connection.Stop.Token);
            return connection.Batch.Closes ? CompleteAsync(connection, writing) : writing;
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private static async ValueTask CompleteAsync(PumpedConnection connection, ValueTask writing)
    {
        await writing.ConfigureAwait(false);
        await connection.Connection.Writer.CompleteAsync().ConfigureAwait(false);
    }

    private bool Plan(PumpedConnection connection)
    {
        using Turn turn = Enter();
        return PlanOrRest(connection, turn.Now);
    }

    private bool NoteWritten(PumpedConnection connection)
    {
        using Turn turn = Enter();
        connection.Connection.Writer.Clear();
        if (connection == _connection)
        {
            _core.Written(connection.Batch, connection.Connection.Writer.TransportMessages);
            _lastWrite = turn.Now;
        }

        return PlanOrRest(connection, turn.Now);
    }

    private void FailWrite(PumpedConnection connection, Exception failure)
    {
        using Turn turn = Enter();
        connection.IsBroken = true;
        if (connection != _connection)
        {
            connection.IsLeft = true;
            return;
        }

        _core.OnWriteFailed(
            failure as StationException ?? new StationException(StationFault.Truncated, $"The connection broke: {failure.Message}", failure),
            turn.Now);
        Rest(connection);
    }

    // Under the gate.
    private bool PlanOrRest(PumpedConnection connection, TimeSpan now)
    {
        if (connection != _connection)
        {
            connection.IsLeft = true;
            return false;
        }

        if (_core.TryPlan(connection.Batch, now))
        {
            _gatherUntil = TimeSpan.MaxValue;
            _gatheredMessages = 0;
            _gatheredBytes = 0;
            return true;
        }

        Rest(connection);
        return false;
    }

    private static void Rest(PumpedConnection connection)
    {
        connection.Connection.Writer.Release();
        connection.Batch.Release();
        connection.IsWriting = false;
    }
}
