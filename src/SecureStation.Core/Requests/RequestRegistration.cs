namespace SecureStation.Core.Requests;

/// <summary>A handler under its name, and the requests that it has. Thread-safe.</summary>
public sealed class RequestRegistration
{
    private readonly Lock _gate = new();
    private readonly RequestSchedule<IncomingRequest> _schedule;
    private bool _isRemoved;
    private long _answered;
    private long _failed;

    internal RequestRegistration(string name, IRequestHandler handler, RequestLimits limits)
    {
        Name = name;
        Handler = handler;
        Limits = limits;
        _schedule = new RequestSchedule<IncomingRequest>(limits);
    }

    /// <summary>The name by which it is asked; case does not count.</summary>
    public string Name { get; }

    /// <summary>What answers.</summary>
    public IRequestHandler Handler { get; }

    /// <summary>What its requests may take together.</summary>
    public RequestLimits Limits { get; }

    /// <summary>When it was registered (UTC).</summary>
    public DateTimeOffset RegisteredAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Whether it still answers.</summary>
    public bool IsRegistered
    {
        get
        {
            lock (_gate)
            {
                return !_isRemoved;
            }
        }
    }

    /// <summary>Requests that run; also those that nobody waits for any more, until their handler has really ended.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _schedule.Running.Count;
            }
        }
    }

    /// <summary>Requests that wait for one of the others to end.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _schedule.Waiting.Count;
            }
        }
    }

    /// <summary>Requests that were answered to their end.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Requests that failed, ran out of time, or that nobody waited for any more.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The name, and how many requests it has.</summary>
    public override string ToString() => $"{Name} ({Running} running, {Waiting} waiting)";

    /// <summary>Takes a request in. Null: it runs from now on, or waits; else why it is refused.</summary>
    internal string? Place(IncomingRequest request)
    {
        bool starts;
        lock (_gate)
        {
            if (_isRemoved)
            {
                return RequestCodes.UnknownHandler;
            }

            if (!_schedule.TryAdd(request, PeerOf(request), request.Argument?.Body.Length ?? 0, out starts))
            {
                return RequestCodes.Busy;
            }
        }

        if (starts)
        {
            Start(request);
        }

        return null;
    }

    /// <summary>A request that waits is wanted no longer. False: it does not wait.</summary>
    internal bool TryRemove(IncomingRequest request)
    {
        lock (_gate)
        {
            return _schedule.TryRemove(request);
        }
    }

    /// <summary>The handler has ended with a request.</summary>
    internal void End(IncomingRequest request, bool isAnswered)
    {
        Interlocked.Increment(ref isAnswered ? ref _answered : ref _failed);
        IncomingRequest? next;
        lock (_gate)
        {
            next = _schedule.End(request);
        }

        if (next is not null)
        {
            Start(next);
        }
    }

    /// <summary>Answers no more: who waits or runs is told.</summary>
    internal void Remove()
    {
        IncomingRequest[] open;
        lock (_gate)
        {
            _isRemoved = true;
            open = [.. _schedule.Waiting, .. _schedule.Running];
        }

        foreach (IncomingRequest request in open)
        {
            SessionRequests.Stop(request, RequestCodes.Withdrawn);
        }

        Handler.Dispose();
    }

    private static string PeerOf(IncomingRequest request) => request.Session.RemoteFingerprint ?? request.Session.Id;

    private void Start(IncomingRequest request) => _ = Task.Run(() => SessionRequests.RunAsync(request, this));
}
