using System.Collections.Concurrent;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>
/// The listeners and sessions of this process, in whatever runspace they were made: what Get-StationListener and Get-StationSession show.
/// It keeps what is open, and lets go of what has ended.
/// </summary>
internal sealed class StationRegistry
{
    private readonly ConcurrentDictionary<string, StationListener> _listeners = new();
    private readonly ConcurrentDictionary<StationSession, bool> _sessions = new();

    /// <summary>The registry of the process: the module has one load context, so there is one.</summary>
    public static StationRegistry Current { get; } = new();

    /// <summary>The listeners that listen, the oldest first.</summary>
    public IReadOnlyList<StationListener> Listeners
    {
        get
        {
            Prune();
            return [.. _listeners.Values.OrderBy(listener => listener.StartedAt)];
        }
    }

    /// <summary>The sessions that are open or hold messages: those made by Connect-Station and New-StationLoopback, and those of listeners. The oldest first.</summary>
    public IReadOnlyList<StationSession> Sessions
    {
        get
        {
            Prune();
            return [.. _sessions.Keys.Concat(_listeners.Values.SelectMany(listener => listener.Sessions)).OrderBy(session => session.ConnectedAt)];
        }
    }

    /// <summary>Takes a listener in.</summary>
    public void Add(StationListener listener)
    {
        Prune();
        _listeners[listener.Id] = listener;
    }

    /// <summary>Takes a session in that no listener holds.</summary>
    public void Add(StationSession session)
    {
        Prune();
        _sessions[session] = true;
    }

    private void Prune()
    {
        foreach (StationListener listener in _listeners.Values.Where(listener => !listener.IsListening))
        {
            _listeners.TryRemove(listener.Id, out _);
        }

        foreach (StationSession session in _sessions.Keys.Where(session => session.State == StationSessionState.Closed))
        {
            _sessions.TryRemove(session, out _);
        }
    }
}
