using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>
/// A core with what surrounds it: a user, an assembler, a disk, one end of a connection; and the model that it is held against, which is two lists.
/// </summary>
internal sealed class SimulatedStation(string name, StationLimits limits, bool isDurable)
{
    private const long Overhead = 100;
    private static readonly byte[] s_zeros = new byte[600_000];

    private readonly OutgoingBatch _batch = new();
    private readonly Queue<StationMessage> _inbox = new();
    private ulong _appendedId;
    private ulong _receivedId;
    private bool _isWriting;

    // Of the connection in force.
    private SimulatedLink? _out;
    private ulong _assembledId;
    private int _assembled;
    private bool _isPeerClosed;
    private long _bytesIn;

    public SessionCore Core { get; } = new(limits, isDurable ? new DurableStore() : new MemoryOutgoingStore(), new SessionEnd());

    /// <summary>The model: sizes of the messages that were accepted, in order.</summary>
    public List<int> Accepted { get; } = [];

    /// <summary>The model: how many of the peer's messages have arrived.</summary>
    public int Arrived { get; private set; }

    /// <summary>Whether the peer's Close was read.</summary>
    public bool IsPeerClosed => _isPeerClosed;

    public SimulatedStation Peer { get; set; } = null!;

    public SimulatedLink? Out => _out;

    public void Attach(SimulatedLink outgoing, uint peerWindow, ulong peerHas, bool isResumable, TimeSpan now)
    {
        _out = outgoing;
        _isWriting = false;
        _isPeerClosed = false;
        _assembled = 0;
        _assembledId = Core.Receiving.ReceivedId;
        _bytesIn = Core.Receiving.BytesReceived;
        Core.Attach(new WelcomeFrame(new string('0', 32), 0, 1_000_000, peerWindow), peerHas, isResumable, now);
    }

    /// <summary>The end of this side's connection, as its reader finds it; false: it had none.</summary>
    public void Lose(Exception? broken, TimeSpan now)
    {
        if (_out is not null)
        {
            Core.OnEndOfStream(broken, now);
        }
    }

    public void Send(int size)
    {
        if (Core.End is not null || Core.IsClosing)
        {
            Assert.Throws<StationException>(() => Core.TrySend(OutgoingMessage.Bytes(default), MessageCodec.FixedSize, null, out _));
            return;
        }

        ulong accepted = 0;
        if (Core.TrySend(OutgoingMessage.Bytes(s_zeros.AsMemory(0, size)), MessageCodec.FixedSize, id => accepted = id, out ulong id))
        {
            Accepted.Add(size);
            Assert.Equal(((ulong)Accepted.Count, id), (id, accepted));
            _appendedId = id;
        }
        else
        {
            Assert.NotEqual(Core.Sending.DeliveredId, Core.AcceptedId);
        }
    }

    public void Take(int count, TimeSpan now)
    {
        for (; count > 0 && _inbox.TryDequeue(out StationMessage? message); count--)
        {
            Core.Credit(message.Length, Overhead, now);
        }
    }

    public void Commit(TimeSpan now)
    {
        if (isDurable)
        {
            Core.Stored(_appendedId);
            Core.Kept(_receivedId, now);
            TakeEvents(now);
        }
    }

    public void Ask()
    {
        if (Core.End is null && Accepted.Count > 0)
        {
            Core.IsDelivered((ulong)Accepted.Count);
        }
    }

    /// <summary>A frame arrives, or the end of the peer's stream.</summary>
    public void Receive(OutgoingFrame? frame, TimeSpan now)
    {
        if (Core.Phase is SessionPhase.Ended or SessionPhase.Detached)
        {
            return;
        }

        if (frame is not { } arrived)
        {
            Core.OnEndOfStream(null, now);
            return;
        }

        Assert.False(_isPeerClosed, $"{name}: a frame after the peer's Close");
        Core.Heard(now);
        if (arrived.IsMessage)
        {
            Assemble(arrived.Fragment, now);
        }
        else
        {
            _isPeerClosed = arrived.Control.Type == FrameType.Close;
            Core.OnControl(arrived.Control, now);
        }
    }

    /// <summary>Drains what is due: events to the user, frames into the connection.</summary>
    public void Drain(TimeSpan now)
    {
        do
        {
            TakeEvents(now);
            if (_isWriting && _out is { IsFull: false })
            {
                _isWriting = false;
                Core.Written(_batch, transportMessages: 1);
                if (_batch.Closes)
                {
                    _out.Add(null, now);
                }
            }

            TakeEvents(now);
        }
        while (!_isWriting && _out is not null && TryWrite(now));
        Assert.True(Core.Sending.DeliveredId <= (ulong)Peer.Arrived, $"{name}: {Core.Sending.DeliveredId} count as delivered, {Peer.Arrived} have arrived");
    }

    /// <summary>The connection is forgotten, because another takes its place.</summary>
    public ulong Leave(TimeSpan now)
    {
        _out = null;
        _isWriting = false;
        Core.Detach(now);
        return Core.LastIdForWelcome();
    }

    private bool TryWrite(TimeSpan now)
    {
        if (!Core.TryPlan(_batch, now))
        {
            return false;
        }

        Assert.False(_batch.IsEmpty, $"{name}: an empty batch");
        Assert.True(_batch.Room >= 0, $"{name}: a batch beyond its size");
        foreach (OutgoingFrame frame in _batch.Frames)
        {
            _out!.Add(frame, now);
        }

        _isWriting = true;
        return true;
    }

    private void Assemble(MessageFragment fragment, TimeSpan now)
    {
        if (fragment.Offset == 0)
        {
            Assert.Equal(_assembledId + 1, fragment.Id);
            Assert.True(_bytesIn - Core.Receiving.Taken < limits.Window, $"{name}: message {fragment.Id} began beyond the window");
        }

        Assert.Equal(_assembled, fragment.Offset);
        _assembled += fragment.Length;
        if (fragment.IsLast)
        {
            _assembledId = fragment.Id;
            _bytesIn += _assembled;
            var message = new StationMessage(null!, fragment.Id, 0, StationMessageKind.Bytes, [], _assembled == 0 ? [] : new byte[_assembled]);
            _assembled = 0;
            Core.OnMessage(message, Overhead, now);
            _receivedId = Core.Receiving.ReceivedId;
        }
    }

    private void TakeEvents(TimeSpan now)
    {
        while (Core.TryDequeue(out SessionEvent happened))
        {
            switch (happened.Kind)
            {
                case SessionEventKind.Arrived:
                    Assert.Equal((ulong)++Arrived, happened.Message!.Id);
                    Assert.Equal(Peer.Accepted[Arrived - 1], happened.Message.Length);
                    _inbox.Enqueue(happened.Message);
                    break;
                case SessionEventKind.Delivered:
                    Assert.InRange(happened.Id, 1ul, (ulong)Peer.Arrived);
                    break;
                case SessionEventKind.Ended or SessionEventKind.Detached:
                    // Whoever goes without a Close takes what is under way with it.
                    SimulatedLink? left = _out;
                    _out = null;
                    _isWriting = false;
                    if (!Core.EndsInOrder)
                    {
                        Peer.Lose(new IOException("cut"), now);
                    }
                    else
                    {
                        left?.Add(null, now);
                    }

                    break;
            }
        }
    }
}
