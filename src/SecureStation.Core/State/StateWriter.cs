namespace SecureStation.Core.State;

/// <summary>
/// The one thread that uses a state's file. While a commit runs, what the sessions have to write meanwhile gathers for the next. What nobody waits for (that
/// messages were acknowledged, or taken) goes with others, or by itself within 10 ms.
/// </summary>
internal sealed class StateWriter
{
    private const long Patience = 10;

    private readonly object _signal = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _path;
    private readonly StateTables _tables;
    private readonly Action _close;
    private List<SessionJournal> _dirty = [];
    private List<SessionJournal> _batch = [];
    private List<Action> _reads = [];
    private List<Action> _reading = [];
    private long _dueAt;
    private bool _isUrgent;
    private bool _isIdle;
    private bool _isStopping;

    /// <param name="path">The file.</param>
    /// <param name="tables">What is in it.</param>
    /// <param name="close">Closes it, after the last commit.</param>
    public StateWriter(string path, StateTables tables, Action close)
    {
        _path = path;
        _tables = tables;
        _close = close;
        new Thread(Run) { IsBackground = true, Name = "Station state" }.Start();
    }

    /// <summary>Called before each commit: the seam for a disk that is slow or fails.</summary>
    public Action? Committing { get; set; }

    /// <summary>How many commits there were.</summary>
    public long Commits { get; private set; }

    /// <summary>A journal has something to write. False: nothing is written any more.</summary>
    public bool Wake(SessionJournal journal, bool isUrgent)
    {
        lock (_signal)
        {
            if (_isStopping)
            {
                return false;
            }

            bool isNews = isUrgent && !_isUrgent;
            _isUrgent |= isUrgent;
            if (!journal.IsQueued)
            {
                journal.IsQueued = true;
                _dirty.Add(journal);
                if (_dirty.Count == 1)
                {
                    _dueAt = Environment.TickCount64 + Patience;
                    isNews = true;
                }
            }

            if (isNews && _isIdle)
            {
                Monitor.Pulse(_signal);
            }

            return true;
        }
    }

    /// <summary>Reads something of the file, after what is there to be written. The caller waits, but not for ever.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: it cannot be read, or not in time.</exception>
    public T Read<T>(Func<StateTables, T> read, TimeSpan timeout)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_signal)
        {
            if (_isStopping)
            {
                throw StateErrors.Failed(_path, "was closed.");
            }

            _reads.Add(() => Complete(done, read));
            Monitor.Pulse(_signal);
        }

        try
        {
            return done.Task.WaitAsync(timeout).GetAwaiter().GetResult();
        }
        catch (TimeoutException e)
        {
            throw StateErrors.Failed(_path, $"did not answer within {timeout.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>Writes what is left and closes the file. False: that takes longer, and goes on.</summary>
    public bool TryStop(TimeSpan timeout)
    {
        lock (_signal)
        {
            _isStopping = true;
            Monitor.Pulse(_signal);
        }

        return WaitUntilClosed(timeout);
    }

    /// <summary>Waits until the file is closed.</summary>
    public bool WaitUntilClosed(TimeSpan timeout) => _closed.Task.Wait(timeout);

    private void Run()
    {
        while (WaitForWork())
        {
            CommitPending();
            ReadPending();
        }

        _close();
        _closed.SetResult();
    }

    private bool WaitForWork()
    {
        lock (_signal)
        {
            while (!_isUrgent && !_isStopping && _reads.Count == 0)
            {
                long left = _dirty.Count == 0 ? Timeout.Infinite : _dueAt - Environment.TickCount64;
                if (_dirty.Count > 0 && left <= 0)
                {
                    break;
                }

                _isIdle = true;
                Monitor.Wait(_signal, (int)left);
                _isIdle = false;
            }

            return !_isStopping || _dirty.Count > 0 || _reads.Count > 0;
        }
    }

    private void CommitPending()
    {
        lock (_signal)
        {
            // Together: what is read now comes after what was there to be written when it was asked for.
            (_dirty, _batch) = (_batch, _dirty);
            (_reads, _reading) = (_reading, _reads);
            _isUrgent = false;
            foreach (SessionJournal journal in _batch)
            {
                journal.IsQueued = false;
            }
        }

        if (_batch.Count == 0)
        {
            return;
        }

        StationException? failure = TryCommit();
        foreach (SessionJournal journal in _batch)
        {
            Tell(journal, failure);
        }

        _batch.Clear();
    }

    private StationException? TryCommit()
    {
        try
        {
            _tables.Begin();
            foreach (SessionJournal journal in _batch)
            {
                journal.Write(_tables);
            }

            Committing?.Invoke();
            _tables.Commit();
            Commits++;
            return null;
        }
        catch (Exception e)
        {
            _tables.Rollback();
            return StateErrors.From(_path, e);
        }
    }

    // Whatever a session makes of it must not end the thread that writes for all.
    private void Tell(SessionJournal journal, StationException? failure)
    {
        try
        {
            if (failure is null)
            {
                journal.Committed();
                return;
            }
        }
        catch (Exception e)
        {
            failure = StateErrors.From(_path, e);
        }

        try
        {
            journal.Fail(failure);
        }
        catch (Exception)
        {
            // It has ended all the same.
        }
    }

    private void ReadPending()
    {
        _reading.ForEach(static read => read());
        _reading.Clear();
    }

    private void Complete<T>(TaskCompletionSource<T> done, Func<StateTables, T> read)
    {
        try
        {
            done.SetResult(read(_tables));
        }
        catch (Exception e)
        {
            done.SetException(StateErrors.From(_path, e));
        }
    }
}
