using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>A station: its state, where it has one, and the process that runs it at the moment.</summary>
internal sealed class CrashStation : IDisposable
{
    private static readonly StoredSession s_begun = new()
    {
        Id = "session",
        Role = StationRole.Initiator,
        Address = "peer",
        Peer = NewKey(),
        Suite = "suite",
        Begun = DateTimeOffset.UnixEpoch,
    };

    private readonly StationLimits _limits;
    private readonly Func<TimeSpan> _now;
    private readonly MemoryState? _state;
    private SessionJournal? _journal;
    private ulong _storingId;
    private bool _isCommitting;

    public CrashStation(StationLimits limits, bool hasState, MessageModel outgoing, MessageModel incoming, Func<TimeSpan> now)
    {
        (_limits, _now, Outgoing, Incoming) = (limits, now, outgoing, incoming);
        _state = hasState ? MemoryState.Rent() : null;
        Process = Start();
        if (outgoing.LastId > 0)
        {
            _state!.Begin(s_begun, outgoing.LastId, incoming.LastId);
            TryRestart();
            SafeId = incoming.LastId;
        }
        else
        {
            _journal?.Begin(s_begun);
        }
    }

    public StationProcess Process { get; private set; }

    public MessageModel Outgoing { get; }

    public MessageModel Incoming { get; }

    public bool HasState => _state is not null;

    /// <summary>The last incoming message that outlives the process.</summary>
    public ulong SafeId { get; private set; }

    /// <summary>Whether nothing waits: neither for the peer, nor for the user, nor for the disk.</summary>
    public bool IsSettled => !_isCommitting && Process.Waiting == 0 && Process.Core.Sending.DeliveredId == Outgoing.LastId && Outgoing.AcceptedId == Outgoing.LastId;

    public void Send(SentMessage message)
    {
        if (Process.Send(message))
        {
            Outgoing.Add(message);
            Outgoing.AcceptedId = HasState ? Outgoing.AcceptedId : Outgoing.LastId;
        }
    }

    /// <summary>Begins a commit, or is done with the one that has begun.</summary>
    public void Commit()
    {
        if (_isCommitting)
        {
            _isCommitting = false;
            _journal!.Committed();
            Outgoing.AcceptedId = _storingId;
        }
        else if (HasState)
        {
            Write(commits: true);
            _isCommitting = true;
        }
    }

    /// <summary>All that there is to write is committed.</summary>
    public void CommitAll()
    {
        FinishCommit();
        Commit();
        FinishCommit();
    }

    /// <summary>Begins a commit that is done, or not, and that nobody is told of.</summary>
    public void CommitUntold(bool commits)
    {
        if (HasState && !_isCommitting)
        {
            Write(commits);
        }
    }

    /// <summary>The process dies; the next one begins. False: nothing of the session outlives it.</summary>
    public bool TryRestart()
    {
        _isCommitting = false;
        StoredSession? stored = _state?.Load();
        if (stored is null)
        {
            return false;
        }

        Outgoing.RestartSender(stored.AcceptedId);
        Incoming.RestartReceiver();
        Process = Start();
        Process.Restore(stored);
        Outgoing.AcceptedId = stored.AcceptedId;
        return true;
    }

    /// <summary>The peer keeps the session no longer: each message is delivered, or not, or nobody knows, and what is not delivered stays in the state.</summary>
    public void BeLost(CrashStation peer, ulong peerReceived, ulong peerArrived)
    {
        SessionCore core = Process.Core;
        FinishCommit();
        core.Abort(new StationException(StationFault.SessionLost, "lost"));
        for (ulong id = 1; id <= core.AcceptedId; id++)
        {
            switch (FateOf(id))
            {
                case null:
                    Assert.True(id <= (peer.HasState ? peer.SafeId : peerArrived), $"Message {id} counts as delivered, and the peer did not have it.");
                    break;
                case StationFault.Undelivered:
                    Assert.True(id > peerReceived, $"Message {id} counts as undelivered, and the peer had it.");
                    break;
                case StationFault.Unknown:
                    break;
                case var other:
                    Assert.Fail($"Message {id}: {other}");
                    break;
            }
        }

        if (HasState)
        {
            _journal!.End("SessionLost", isDone: true);
            Write(commits: true);
            ulong waiting = core.Sending.DeliveredId;
            Assert.All(_state!.Load()?.Outgoing ?? [], entry => Assert.Equal(++waiting, entry.Id));
            Assert.Equal(core.AcceptedId, waiting);
        }
    }

    /// <summary>Nothing is left in the state once all was taken.</summary>
    public void CheckEmpty()
    {
        if (HasState)
        {
            FinishCommit();
            Write(commits: true);
            StoredSession stored = _state!.Load()!;
            Assert.Equal((0, 0), (stored.Outgoing.Count, stored.Incoming.Count));
        }
    }

    public void Dispose() => _state?.Dispose();

    private void FinishCommit()
    {
        if (_isCommitting)
        {
            Commit();
        }
    }

    private static StationPublicKey NewKey()
    {
        using var key = StationKeyPair.Generate();
        return key.PublicKey;
    }

    private StationFault? FateOf(ulong id)
    {
        try
        {
            return Process.Core.IsDelivered(id) ? null : throw new InvalidOperationException("It is open.");
        }
        catch (StationException e)
        {
            return e.Fault;
        }
    }

    private StationProcess Start()
    {
        _journal = _state is null ? null : new SessionJournal(_state);
        return new StationProcess(_limits, _journal, Incoming, _now);
    }

    private void Write(bool commits)
    {
        _storingId = Outgoing.LastId;
        (ulong received, ulong taken) = (Process.ReceivedEverId, Process.TakenId);
        _state!.Write(_journal!, commits);
        if (commits)
        {
            SafeId = Math.Max(SafeId, received);
            Incoming.TakenId = Math.Max(Incoming.TakenId, taken);
        }
    }
}
