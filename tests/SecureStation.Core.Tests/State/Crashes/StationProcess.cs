using System.Buffers.Binary;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;
using SecureStation.Core.Tests.Sessions.Secure.Simulation;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>One process of a station: a core, its journal where there is a state, an inbox, one end of a connection. All of it dies in a crash.</summary>
internal sealed class StationProcess : IJournalOwner
{
    private readonly StationLimits _limits;
    private readonly SessionJournal? _journal;
    private readonly Func<TimeSpan> _now;
    private readonly MessageModel _incoming;
    private readonly OutgoingBatch _batch = new();
    private readonly Inbox _inbox = new(new SessionEnd());
    private readonly List<byte> _body = [];
    private SimulatedLink? _out;
    private bool _isWriting;

    public StationProcess(StationLimits limits, SessionJournal? journal, MessageModel incoming, Func<TimeSpan> now)
    {
        (_limits, _journal, _incoming, _now) = (limits, journal, incoming, now);
        Core = new SessionCore(limits, (IOutgoingStore?)journal ?? new MemoryOutgoingStore(), new SessionEnd());
        _inbox.TakenMessage = journal is null ? message => Core.Credit(message.Length, MessageCost.OfReceived(message), now()) : journal.Take;
        if (journal is not null)
        {
            journal.Owner = this;
            _inbox.HoldBack(0, journal.Give);
        }
    }

    public SessionCore Core { get; }

    /// <summary>The last message that came in whole on this connection or before it, kept or not.</summary>
    public ulong ReceivedId { get; private set; }

    /// <summary>The last message that came in whole on any connection of this process: the journal has it.</summary>
    public ulong ReceivedEverId { get; private set; }

    /// <summary>The last message that arrived in the inbox, or at a service.</summary>
    public ulong ArrivedId { get; private set; }

    /// <summary>The last message that its user took.</summary>
    public ulong TakenId { get; private set; }

    public int Waiting => _inbox.Count;

    /// <summary>Begins where an earlier process has died, as SecureSession does.</summary>
    public void Restore(StoredSession stored)
    {
        OutgoingEntry[] outgoing = [.. stored.Outgoing.Select(static entry => new OutgoingEntry(entry.Message, entry.Id, MessageCodec.Measure(entry.Message.Headers)))];
        List<StationMessage> unread = stored.ToGiveOut(null!);
        _journal!.Restore(stored, outgoing);
        Core.Restore(stored, outgoing, unread.Sum(static message => (long)message.Length), unread.Sum(MessageCost.OfReceived));
        _inbox.HoldBack(stored.GivenId, _journal!.Give);
        _inbox.Add(unread, DateTimeOffset.UnixEpoch);
        ReceivedId = ReceivedEverId = ArrivedId = stored.KeptId;
    }

    public void Attach(SimulatedLink outgoing, ulong peerHas)
    {
        (_out, _isWriting) = (outgoing, false);
        _body.Clear();
        ReceivedId = Core.Receiving.ReceivedId;
        Core.Attach(new WelcomeFrame(new string('0', 32), 0, 1_000_000, (uint)_limits.Window), peerHas, isResumable: true, _now());
    }

    /// <summary>The connection is forgotten, because another takes its place.</summary>
    public ulong Leave()
    {
        _out = null;
        Core.Detach(_now());
        return Core.LastIdForWelcome();
    }

    /// <summary>The end of the connection, as its reader finds it.</summary>
    public void Lose()
    {
        if (_out is not null)
        {
            Core.OnEndOfStream(new IOException("cut"), _now());
            Drain();
        }
    }

    public bool Send(SentMessage message)
    {
        byte[] body = new byte[message.Size];
        BinaryPrimitives.WriteInt64BigEndian(body, message.Number);
        OutgoingMessage outgoing = message.IsService ? OutgoingMessage.Service("echo", body) : OutgoingMessage.Bytes(body);
        return Core.TrySend(outgoing, MessageCodec.Measure(outgoing.Headers), null, out _);
    }

    public void Take(int count)
    {
        for (; count > 0 && _inbox.TryTake(out StationMessage? message); count--)
        {
            _incoming.Give(message);
            TakenId = message.Id;
        }
    }

    /// <summary>A frame arrives.</summary>
    public void Receive(OutgoingFrame frame)
    {
        if (Core.Phase == SessionPhase.Detached)
        {
            return;
        }

        Core.Heard(_now());
        if (frame.IsMessage)
        {
            Assemble(frame.Fragment);
        }
        else
        {
            Core.OnControl(frame.Control, _now());
        }
    }

    /// <summary>Drains what is due: events to the user, frames into the connection.</summary>
    public void Drain()
    {
        do
        {
            TakeEvents();
            if (_isWriting && _out is { IsFull: false })
            {
                _isWriting = false;
                Core.Written(_batch, transportMessages: 1);
            }
        }
        while (!_isWriting && _out is not null && TryWrite());
        Assert.Null(Core.End);
    }

    public void OnCommitted(in JournalCommit commit)
    {
        _inbox.Open(commit.GivenId);
        Core.Stored(commit.StoredId);
        Core.Kept(commit.KeptId, _now());
        if (commit.TakenOverhead > 0)
        {
            Core.Credit(commit.TakenBytes, commit.TakenOverhead, _now());
        }

        TakeEvents();
    }

    public void OnStateFailed(StationException failure) => Assert.Fail(failure.Message);

    private bool TryWrite()
    {
        if (!Core.TryPlan(_batch, _now()))
        {
            return false;
        }

        foreach (OutgoingFrame frame in _batch.Frames)
        {
            _out!.Add(frame, _now());
        }

        return _isWriting = true;
    }

    private void Assemble(MessageFragment fragment)
    {
        if (fragment.Offset == 0)
        {
            Assert.Equal(ReceivedId + 1, fragment.Id);
            Assert.True(Core.Receiving.BytesReceived - Core.Receiving.Taken < _limits.Window, $"Message {fragment.Id} began beyond the window.");
        }

        Assert.Equal(_body.Count, fragment.Offset);
        _body.AddRange(fragment.Message.Body.Span.Slice(fragment.Offset, fragment.Length));
        if (fragment.IsLast)
        {
            var message = new StationMessage(null!, fragment.Id, 0, fragment.Message.Kind, fragment.Message.Headers, [.. _body]);
            _body.Clear();
            ReceivedId = message.Id;
            ReceivedEverId = Math.Max(ReceivedEverId, message.Id);
            Core.OnMessage(message, MessageCost.OfReceived(message), _now());
        }
    }

    private void TakeEvents()
    {
        while (Core.TryDequeue(out SessionEvent happened))
        {
            if (happened.Kind == SessionEventKind.Arrived)
            {
                Assert.Equal(++ArrivedId, happened.Message!.Id);
                Arrive(happened.Message);
            }
            else if (happened.Kind == SessionEventKind.Detached)
            {
                (_out, _isWriting) = (null, false);
            }
        }
    }

    private void Arrive(StationMessage message)
    {
        if (message.Kind == StationMessageKind.Service)
        {
            _incoming.Serve(message);
            _inbox.NoteTaken(message);
        }
        else
        {
            _inbox.Add([message], DateTimeOffset.UnixEpoch);
        }
    }
}
