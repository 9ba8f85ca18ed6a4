namespace SecureStation.Core.Sessions.Secure;

// What comes in. Whoever waits for a message goes on on another thread: nothing that a user does keeps a session from reading.
internal sealed partial class SessionPump
{
    // So long without a byte ends a stream.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(5);

    // Who waits for a message of a stream is woken when so much has come, or so long nothing more: to wake a thread costs as much as a message.
    private const int TellBytes = 256 * 1024;
    private static readonly TimeSpan s_tell = TimeSpan.FromMilliseconds(1);

    private async Task ReadAllAsync(PumpedConnection connection)
    {
        try
        {
            ConnectionReader reader = connection.Connection.Reader;
            bool isOpen = Feed(connection);
            while (isOpen)
            {
                // Before the next read: whoever waits goes on beside it, on another thread. To read first costs a round trip a quarter of its time.
                _inbox.Signal.Pulse();
                if (reader.IsInStream && StreamThreads.TryTake())
                {
                    isOpen = await StreamThreads.RunAsync(() => ReadStream(connection)).ConfigureAwait(false);
                    continue;
                }

                await reader.ReadAsync(connection.Stop.Token).ConfigureAwait(false);
                isOpen = Feed(connection);
            }
        }
        catch (OperationCanceledException) when (connection.IsOver)
        {
            // Nothing of it counts any more.
        }
        catch (IOException e)
        {
            using Turn turn = Enter();
            if (connection == _connection)
            {
                _core.OnEndOfStream(e, turn.Now);
            }
        }
        catch (Exception e)
        {
            AbortFrom(connection, new StationException(StationFault.ProtocolError, $"The session ended by an unexpected failure: {e.Message}", e));
        }
        finally
        {
            _inbox.Signal.Pulse();
        }
    }

    /// <summary>
    /// Reads on a thread of its own while much comes in: it waits in the kernel, with no other thread between the socket and itself. False: there is nothing
    /// more to read; true: it has become quiet.
    /// </summary>
    private bool ReadStream(PumpedConnection connection)
    {
        ConnectionReader reader = connection.Connection.Reader;
        long toldAt = reader.BytesRead;
        while (true)
        {
            bool isTold = toldAt == reader.BytesRead;
            bool hasRead = reader.TryReadNow(isTold ? s_quiet : s_tell, connection.Stop.Token);
            if (!hasRead && isTold)
            {
                reader.Rest();
                return true;
            }

            if (hasRead && !Feed(connection))
            {
                return false;
            }

            if (!hasRead || reader.BytesRead - toldAt >= TellBytes)
            {
                toldAt = reader.BytesRead;
                _inbox.Signal.Pulse();
            }
        }
    }

    private void AbortFrom(PumpedConnection connection, StationException reason)
    {
        using Turn turn = Enter();
        if (connection == _connection)
        {
            _core.Abort(reason);
        }
    }

    /// <summary>Gives the core what was read. False: there is nothing more to read.</summary>
    private bool Feed(PumpedConnection connection)
    {
        ConnectionReader reader = connection.Connection.Reader;
        using Turn turn = Enter();
        if (connection != _connection)
        {
            return false;
        }

        _isReadersTurn = true;
        if (reader.HasHeard)
        {
            _core.Heard(turn.Now);
        }

        StationException? failure = reader.Failure;
        try
        {
            foreach (ref readonly IncomingFrame frame in reader.Arrived)
            {
                if (frame.Message is { } message)
                {
                    _core.OnMessage(message, MessageCost.OfReceived(message), turn.Now);
                    if (_core.EventCount >= MaxEvents)
                    {
                        // Handed over in portions: what a burst needs stays small.
                        DrainEvents();
                    }
                }
                else
                {
                    _core.OnControl(frame.Control, turn.Now);
                }
            }
        }
        catch (StationException e)
        {
            failure = e;
        }

        reader.Take();
        if (failure is not null)
        {
            _core.OnFailure(failure, turn.Now);
        }
        else if (reader.IsDone)
        {
            _core.OnEndOfStream(null, turn.Now);
        }

        return failure is null && !reader.IsDone && _core.End is null;
    }
}
