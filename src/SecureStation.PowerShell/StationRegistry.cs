using System.Collections.Concurrent;
using SecureStation.Core.Auditing;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation;

/// <summary>
/// The listeners and sessions of this process, in whatever runspace they were made: what Get-StationListener and Get-StationSession show.
/// It keeps what is open, and lets go of what has ended.
/// </summary>
internal sealed class StationRegistry
{
    private readonly ConcurrentDictionary<string, StationListener> _listeners = new();

    // Whether a session is kept after its end too, while messages wait in it.
    private readonly ConcurrentDictionary<StationSession, bool> _sessions = new();
    private readonly ConcurrentDictionary<string, DhServer> _dhServers = new();
    private readonly ConcurrentDictionary<string, INotaryServer> _notaries = new();
    private readonly TransferList _transfers = new();
    private readonly ConcurrentDictionary<string, StationMailbox> _mailboxes = new();
    private readonly ConcurrentDictionary<string, StationLog> _logs = new();

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

    /// <summary>The Diffie-Hellman servers that listen, the oldest first.</summary>
    public IReadOnlyList<DhServer> DhServers
    {
        get
        {
            Prune();
            return [.. _dhServers.Values.OrderBy(server => server.StartedAt)];
        }
    }

    /// <summary>The notaries that answer, the oldest first.</summary>
    public IReadOnlyList<INotaryServer> Notaries
    {
        get
        {
            Prune();
            return [.. _notaries.Values.OrderBy(notary => notary.StartedAt)];
        }
    }

    /// <summary>The logs that are written, the oldest first.</summary>
    public IReadOnlyList<StationLog> Logs
    {
        get
        {
            Prune();
            return [.. _logs.Values.OrderBy(log => log.StartedAt)];
        }
    }

    /// <summary>Takes a log in.</summary>
    public void Add(StationLog log)
    {
        Prune();
        _logs[log.Path] = log;
    }

    /// <summary>The transfers that were begun here and those that come to listeners' folders: those that go on, and the last that have ended.</summary>
    public IReadOnlyList<StationTransfer> Transfers =>
        [.. _transfers.All.Concat(Listeners.SelectMany(static listener => listener.Transfers)).OrderBy(static transfer => transfer.StartedAt)];

    /// <summary>Takes a transfer in.</summary>
    public void Add(StationTransfer transfer) => _transfers.Add(transfer);

    /// <summary>The mailboxes that are connected, the oldest first.</summary>
    public IReadOnlyList<StationMailbox> Mailboxes
    {
        get
        {
            Prune();
            return [.. _mailboxes.Values.OrderBy(mailbox => mailbox.ConnectedAt)];
        }
    }

    /// <summary>Takes a mailbox in.</summary>
    public void Add(StationMailbox mailbox)
    {
        Prune();
        _mailboxes[mailbox.Id] = mailbox;
    }

    /// <summary>Takes a notary in.</summary>
    public void Add(INotaryServer notary)
    {
        Prune();
        _notaries[notary.Id] = notary;
    }

    /// <summary>Takes a Diffie-Hellman server in.</summary>
    public void Add(DhServer server)
    {
        Prune();
        _dhServers[server.Id] = server;
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
        _sessions[session] = false;
    }

    /// <summary>Takes a session in that is over, and that nobody has but the state that kept what is unread in it.</summary>
    public void AddUnread(StationSession session) => _sessions[session] = true;

    private void Prune()
    {
        foreach (StationLog log in _logs.Values.Where(log => !log.IsRunning))
        {
            _logs.TryRemove(KeyValuePair.Create(log.Path, log));
        }

        foreach (StationMailbox mailbox in _mailboxes.Values.Where(mailbox => !mailbox.IsConnected))
        {
            _mailboxes.TryRemove(mailbox.Id, out _);
        }

        foreach (INotaryServer notary in _notaries.Values.Where(notary => !notary.IsListening))
        {
            _notaries.TryRemove(notary.Id, out _);
        }

        foreach (DhServer server in _dhServers.Values.Where(server => !server.IsListening))
        {
            _dhServers.TryRemove(server.Id, out _);
        }

        foreach (StationListener listener in _listeners.Values.Where(listener => !listener.IsListening))
        {
            _listeners.TryRemove(listener.Id, out _);
        }

        foreach ((StationSession session, bool isKeptUnread) in _sessions.Where(static one => one.Key.State == StationSessionState.Closed))
        {
            if (!isKeptUnread || session.InboxCount == 0)
            {
                _sessions.TryRemove(session, out _);
            }
        }
    }
}
