namespace SecureStation.Core.Auditing;

/// <summary>
/// Where every part of the library says what an operator may want to know: one place for the process, because sessions, listeners and stores are not one
/// another's. It hands events to those who watch, on the caller's thread, and does nothing where nobody does. Thread-safe.
/// </summary>
public static class AuditTrail
{
    private static readonly Lock s_gate = new();
    private static Action<AuditEvent>[] s_watchers = [];

    /// <summary>Whether anybody watches: what is costly to tell need not be made otherwise.</summary>
    public static bool IsWatched => Volatile.Read(ref s_watchers).Length > 0 || StationEventSource.Log.IsEnabled();

    /// <summary>Tells those who watch; their exceptions are ignored, because whoever looks on must not be able to stop anything.</summary>
    public static void Report(AuditEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        StationEventSource.Log.Report(happened);
        foreach (Action<AuditEvent> watcher in Volatile.Read(ref s_watchers))
        {
            try
            {
                watcher(happened);
            }
            catch (Exception)
            {
                // See above.
            }
        }
    }

    /// <summary>Calls back with each event until what is returned is disposed. The call must return quickly and must not wait.</summary>
    public static IDisposable Watch(Action<AuditEvent> watcher)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        lock (s_gate)
        {
            s_watchers = [.. s_watchers, watcher];
        }

        return new Watching(watcher);
    }

    private sealed class Watching(Action<AuditEvent> watcher) : IDisposable
    {
        public void Dispose()
        {
            lock (s_gate)
            {
                int place = Array.IndexOf(s_watchers, watcher);
                if (place >= 0)
                {
                    s_watchers = [.. s_watchers[..place], .. s_watchers[(place + 1)..]];
                }
            }
        }
    }
}
