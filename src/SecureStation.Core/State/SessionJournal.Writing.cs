using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

// What the state's writer does with it.
internal sealed partial class SessionJournal
{
    /// <summary>Writes what there is, in the writer's transaction.</summary>
    public void Write(StateTables tables)
    {
        if (_hasFailed)
        {
            return;
        }

        StoredSession? begun;
        (string Reason, bool IsDone)? end;
        JournalProgress progress;
        lock (_gate)
        {
            (_gathering, _writing) = (_writing, _gathering);
            (begun, _begun) = (_begun, null);
            (end, _end) = (_end, null);
            progress = _progress;
        }

        if (_hasEnded)
        {
            WriteLate(tables);
            return;
        }

        if (begun is not null)
        {
            _name = new StoredName(tables.Insert(begun), begun.Id);
        }

        foreach (OutgoingEntry entry in _writing.Appended)
        {
            tables.InsertOutgoing(_name, entry);
        }

        foreach (StationMessage message in _writing.Received)
        {
            if (message.Kind != StationMessageKind.Service)
            {
                tables.InsertIncoming(_name, message);
            }

            // One that comes again was counted already.
            if (message.Id > _keptId)
            {
                _keptId = message.Id;
                _keptBytes += message.Length;
            }
        }

        foreach ((ulong first, ulong last) in _writing.Taken)
        {
            tables.DeleteIncoming(_name, first, last);
        }

        if (progress.DeliveredId > _written.DeliveredId)
        {
            tables.DeleteOutgoing(_name, progress.DeliveredId);
        }

        _written = progress;
        tables.Update(_name.Number, progress, _keptId, _keptBytes);
        if (end is { } over)
        {
            _hasEnded = true;
            tables.End(_name.Number, over.Reason, over.IsDone);
        }
    }

    // The session is over, and another may have it by now: what was taken since is found by the session's name, and its row goes with the last message.
    private void WriteLate(StateTables tables)
    {
        foreach ((ulong first, ulong last) in _writing.Taken)
        {
            tables.DeleteRead(Session!.Value, first, last);
        }
    }

    /// <summary>What <see cref="Write"/> wrote is durable.</summary>
    public void Committed()
    {
        if (_hasFailed)
        {
            return;
        }

        if (_isReleased && _hasEnded)
        {
            lock (_gate)
            {
                _writing.Clear();
            }

            return;
        }

        if (_hasEnded)
        {
            Release();
        }

        var commit = new JournalCommit(
            _written.AcceptedId,
            _writing.Received is [.., var received] ? received.Id : 0,
            _written.GivenId,
            _writing.TakenBytes,
            _writing.TakenOverhead);
        lock (_gate)
        {
            _writing.Clear();
        }

        Owner?.OnCommitted(commit);
    }

    /// <summary>What <see cref="Write"/> wrote is not durable, and nothing of the session will be in this process: the file has it as it was.</summary>
    public void Fail(StationException failure)
    {
        _hasFailed = true;
        if (_isReleased && _hasEnded)
        {
            // Only what was taken since its end is not written: that comes again, marked.
            return;
        }

        Owner?.OnStateFailed(failure);
        Release();
    }

    /// <summary>The session has failed at its state: what no commit has taken yet is not written.</summary>
    public void Abandon()
    {
        _hasFailed = true;
        Release();
    }
}
