namespace SecureStation.Core.Sessions.Secure;

/// <summary>Calls handlers of events one after another, in the order in which they were posted, on a thread of the pool: never the poster's.</summary>
internal sealed class EventPost
{
    private readonly Queue<Action> _posted = new();
    private bool _isRunning;

    public void Post(Action call)
    {
        lock (_posted)
        {
            _posted.Enqueue(call);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (true)
        {
            Action call;
            lock (_posted)
            {
                if (!_posted.TryDequeue(out call!))
                {
                    _isRunning = false;
                    return;
                }
            }

            try
            {
                call();
            }
            catch (Exception)
            {
                // Whoever watches must not be able to stop a session.
            }
        }
    }
}
