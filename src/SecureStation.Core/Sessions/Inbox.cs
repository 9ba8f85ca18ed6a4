using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>
/// The messages of one session that have come in and that nobody has taken yet. Stays readable after the session's end.
/// </summary>
/// <param name="end">Where the reason of the session's end is kept.</param>
internal sealed partial class Inbox(SessionEnd end)
{
    private static long s_arrivals;

    private readonly Lock _gate = new();
    private readonly Queue<StationMessage> _messages = new();
    private long _bytesTaken;
    private long _overheadAdded;
    private long _overheadTaken;
    private long _held;
    private long _oldestArrival = long.MaxValue;
    private volatile bool _isFinished;
    private volatile IInboxWatcher? _watcher;

    /// <summary>Pulsed at every arrival and at the end.</summary>
    public ArrivalSignal Signal { get; } = new();

    /// <summary>The listener's eye on it, for all its sessions together.</summary>
    public IInboxWatcher? Watcher
    {
        get => _watcher;
        set => _watcher = value;
    }

    /// <summary>Called without a lock after messages were taken.</summary>
    public Action? Taken { get; set; }

    /// <summary>Called once without a lock when nothing more will come.</summary>
    public Action? Finished { get; set; }

    /// <summary>Bodies that were given back, for those that come.</summary>
    public SpareBodies SpareBodies { get; } = new();

    /// <summary>Called under its lock with each message that it takes in: nothing that waits or calls a user.</summary>
    public Action<StationMessage>? Added { get; set; }

    /// <summary>Called with each message that was taken, where that is written down; under its lock: nothing that waits or calls a user.</summary>
    public Action<StationMessage>? TakenMessage { get; set; }

    /// <summary>Pulsed when a message was taken.</summary>
    public ArrivalSignal Room { get; } = new();

    /// <summary>Why nothing more will come; null while something may.</summary>
    public StationException? End => _isFinished ? end.Reason : null;

    /// <summary>The arrival order of the oldest message; <see cref="long.MaxValue"/> when there is none.</summary>
    public long OldestArrival => Interlocked.Read(ref _oldestArrival);

    /// <summary>Messages waiting.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>What the messages that wait cost, their bodies included, in bytes.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    /// <summary>Body bytes that have left the inbox.</summary>
    public long BytesTaken => Interlocked.Read(ref _bytesTaken);

    /// <summary>What the messages that have left the inbox cost beside their bodies.</summary>
    public long OverheadTaken => Interlocked.Read(ref _overheadTaken);

    /// <summary>Adds what came together. False: the session has ended.</summary>
    /// <param name="messages">What came.</param>
    /// <param name="now">The time.</param>
    /// <param name="tells">Whether <see cref="Signal"/> is pulsed here; else the caller does so, soon and without a lock.</param>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer overfills it.</exception>
    public bool Add(List<StationMessage> messages, DateTimeOffset now, bool tells = true)
    {
        bool isHeldBack;
        lock (_gate)
        {
            if (_isFinished)
            {
                return false;
            }

            foreach (StationMessage message in messages)
            {
                message.ReceivedAt = now;
                _overheadAdded += MessageCost.OfReceived(message);
                if (message.Kind == StationMessageKind.Service)
                {
                    continue;
                }

                message.ArrivalOrder = Interlocked.Increment(ref s_arrivals);
                _messages.Enqueue(message);
                _held += MessageCost.OfReceived(message) + message.Length;
                Added?.Invoke(message);
            }

            isHeldBack = NoteOldest();
            MessageCost.RequireRoom(_overheadAdded - OverheadTaken);
        }

        if (isHeldBack)
        {
            AskForNext();
        }

        if (tells)
        {
            Signal.Pulse();
        }

        Watcher?.Arrived();
        return true;
    }

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake([NotNullWhen(true)] out StationMessage? message)
    {
        bool isHeldBack;
        lock (_gate)
        {
            if ((_holdsBack && IsHeldBack) || !_messages.TryDequeue(out message))
            {
                message = null;
                return false;
            }

            _held -= MessageCost.OfReceived(message) + message.Length;
            isHeldBack = NoteOldest();

            // Under the lock: what was taken before all was withheld is noted by then.
            TakenMessage?.Invoke(message);
        }

        CountTaken(message);
        if (isHeldBack)
        {
            AskForNext();
        }

        Room.Pulse();
        Watcher?.Taken();
        return true;
    }

    /// <summary>Takes the oldest message, waiting for it.</summary>
    /// <param name="createEnd">What to throw once nothing more will come.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<StationMessage> TakeAsync(Func<StationException> createEnd, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryTake(out StationMessage? message))
            {
                return message;
            }

            Task arrival = Signal.Arm();

            // Ended is read before the queue: a message can come before an end, not after one.
            bool hasEnded = HasEnded;
            if (TryTake(out message))
            {
                return message;
            }

            if (hasEnded)
            {
                throw createEnd();
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Counts a message as taken: one from the queue, or one of a service, which never was in it.</summary>
    public void NoteTaken(StationMessage message)
    {
        TakenMessage?.Invoke(message);
        CountTaken(message);
    }

    private void CountTaken(StationMessage message)
    {
        Interlocked.Add(ref _overheadTaken, MessageCost.OfReceived(message));
        Interlocked.Add(ref _bytesTaken, message.Length);
        Taken?.Invoke();
    }

    /// <summary>Says why nothing more will come. The first reason stays.</summary>
    public void Finish(StationException reason)
    {
        lock (_gate)
        {
            end.Say(reason);
            _isFinished = true;
        }

        SpareBodies.Finish();

        Signal.Pulse();
        Watcher?.Ended();
        Finished?.Invoke();
    }
}
