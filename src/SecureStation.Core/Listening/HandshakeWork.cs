namespace SecureStation.Core.Listening;

/// <summary>
/// Public-key work of a listener's handshakes: a few at once, the rest wait. The sources of connections have their turns one after another,
/// and each source its connections in order of their coming, so that a crowd from one place does not hold up those from others.
/// </summary>
/// <param name="permits">How many at once.</param>
internal sealed class HandshakeWork(int permits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionSource, Line> _lines = [];
    private readonly LinkedList<Line> _turns = new();
    private int _free = permits;

    /// <summary>Runs the work when it is its turn.</summary>
    /// <param name="source">Whose work it is.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the wait; work that has waited for nothing does not begin.</param>
    public async ValueTask RunAsync(ConnectionSource source, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        await EnterAsync(source, cancellationToken).ConfigureAwait(false);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await work().ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask EnterAsync(ConnectionSource source, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            if (!_lines.TryGetValue(source, out Line? line))
            {
                _lines[source] = line = new Line(source);
                line.Turn = _turns.AddLast(line);
            }

            waiter = new Waiter(line);
            waiter.Node = line.Waiters.AddLast(waiter);
        }

        using (cancellationToken.Register(() => GiveUp(waiter, cancellationToken)))
        {
            await waiter.Turn.Task.ConfigureAwait(false);
        }
    }

    private void Leave()
    {
        Waiter? next = null;
        lock (_gate)
        {
            if (_turns.First is { } turn)
            {
                Line line = turn.Value;
                next = line.Waiters.First!.Value;
                Remove(next);
                if (line.Waiters.Count > 0)
                {
                    _turns.Remove(turn);
                    _turns.AddLast(turn);
                }
            }
            else
            {
                _free++;
            }
        }

        next?.Turn.SetResult();
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Node is null)
            {
                return; // it has its turn; it looks at the token itself
            }

            Remove(waiter);
        }

        waiter.Turn.SetCanceled(cancellationToken);
    }

    // Under the gate.
    private void Remove(Waiter waiter)
    {
        Line line = waiter.Line;
        line.Waiters.Remove(waiter.Node!);
        waiter.Node = null;
        if (line.Waiters.Count == 0)
        {
            _turns.Remove(line.Turn!);
            _lines.Remove(line.Source);
        }
    }

    // Those of one source who wait.
    private sealed class Line(ConnectionSource source)
    {
        public ConnectionSource Source => source;

        public LinkedList<Waiter> Waiters { get; } = new();

        public LinkedListNode<Line>? Turn { get; set; }
    }

    private sealed class Waiter(Line line)
    {
        public Line Line => line;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
