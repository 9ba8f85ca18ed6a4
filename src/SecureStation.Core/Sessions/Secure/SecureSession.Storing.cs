using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

// A session that a state keeps over the end of its process.
public sealed partial class SecureSession
{
    private readonly SessionJournal? _journal;
    private readonly string _address;
    private readonly TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isSuspended;

    /// <summary>A session that goes on after a restart: it waits for a connection, and what was unread is in its inbox.</summary>
    internal SecureSession(
        SessionDescription description, StoredSession stored, SessionJournal journal, StationLimits limits, TimeProvider time, ISessionKeeper? keeper, IReconnector? reconnector)
        : base(description)
    {
        _description = description;
        _limits = limits;
        _time = time;
        _keeper = keeper;
        _reconnector = reconnector;
        _journal = journal;
        _address = stored.Address;
        _connection = null!;
        var core = new SessionCore(limits, journal, SharedEnd) { ResumeWindow = keeper is null ? TimeSpan.MaxValue : limits.ResumeWindow };
        _pump = new SessionPump(core, Inbox, this, time);
        Services = new SessionServices(this);
        OutgoingEntry[] outgoing = [.. stored.Outgoing.Select(static entry => new OutgoingEntry(entry.Message, entry.Id, MessageCodec.Measure(entry.Message.Headers)))];
        List<StationMessage> unread = stored.ToGiveOut(this);
        journal.Restore(stored, outgoing);
        UseJournal(stored.GivenId);
        _pump.Restore(stored, outgoing, unread.Sum(static message => (long)message.Length), unread.Sum(MessageCost.OfReceived));
        ILookup<bool, StationMessage> given = unread.ToLookup(message => stored.Taken.Any(range => message.Id >= range.First && message.Id <= range.Last));
        Inbox.Add([.. given[false]], time.GetUtcNow());
        foreach (StationMessage message in given[true])
        {
            journal.Take(message);
        }

        _isKept = true;
        _isStarted = true;
        IsRestored = true;
    }

    /// <summary>Begins to look for its peer, after a restart.</summary>
    internal void Reconnect() => _running = ReconnectAsync();

    /// <summary>Waits until it has a connection or has ended.</summary>
    internal Task WhenTogetherAsync(CancellationToken cancellationToken) => _together.Task.WaitAsync(cancellationToken);

    /// <summary>What is known of a session that a state has kept.</summary>
    internal static SessionDescription Describe(StoredSession stored, StationKeyPair own) => new()
    {
        Id = stored.Id,
        Protocol = SessionDescription.StationProtocol,
        Suite = stored.Suite,
        IsSecure = true,
        Role = stored.Role,
        LocalAddress = string.Empty,
        RemoteAddress = stored.Address,
        LocalPublicKey = own.PublicKey,
        RemotePublicKey = stored.Peer,
        TrustBasis = Trust.TrustBasis.Pinned,
        ConnectedAt = stored.Begun,
    };

    /// <summary>Ends the session in this process alone: its state keeps it for the next.</summary>
    internal void Suspend(StationException reason)
    {
        _isSuspended = true;
        _pump.Abort(reason);
    }

    /// <summary>It was over when its process ended; what is unread can be received.</summary>
    internal void LoseAsStored(StoredSession stored) => Lose($"The session was over ({stored.Over}) before this process began.");

    /// <summary>Whether an earlier process began it: what that had under way beside the messages is not known here.</summary>
    internal bool IsRestored { get; }

    /// <summary>Whether a state keeps it.</summary>
    internal bool IsStored => _journal is not null;

    private async Task ReconnectAsync()
    {
        PumpedConnection? connection = await new Reconnection(this, _pump, _reconnector!, _time, _over.Token).RunAsync().ConfigureAwait(false);
        if (connection is not null)
        {
            await RunAsync(connection).ConfigureAwait(false);
        }
        else
        {
            _reconnector!.Dispose();
        }
    }

    private void UseJournal(ulong givenId)
    {
        if (_journal is { } journal)
        {
            journal.Owner = _pump;
            Inbox.TakenMessage = journal.Take;
            Inbox.HoldBack(givenId, journal.Give);
        }
    }

    // Whoever closes may end the process next, and a session that is over must not wait in its state for another.
    private async Task WhenEndIsStoredAsync(CancellationToken cancellationToken)
    {
        if (_journal is null)
        {
            return;
        }

        try
        {
            await _journal.Released.WaitAsync(_limits.CloseTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The disk does not answer. The session is over all the same.
        }
    }

    // What failed to be written stays as it is in the file, and what is unread is given out by the session that goes on with it.
    private void EndJournal(StationException reason)
    {
        if (_isSuspended)
        {
            Inbox.Withhold();
            _journal?.ReleaseNow();
        }
        else if (reason.Fault == StationFault.StateFailed)
        {
            Inbox.WithholdAll();
            _journal?.Abandon();
        }
        else
        {
            _journal?.End(reason.Fault.ToString(), isDone: true);
        }
    }
}
