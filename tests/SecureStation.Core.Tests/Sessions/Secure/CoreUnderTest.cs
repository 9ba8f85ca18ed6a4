using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>A core, its batch and a clock that is a number: what a test says reads as what happens.</summary>
internal sealed class CoreUnderTest
{
    private static readonly byte[] s_zeros = new byte[1024 * 1024];
    private readonly OutgoingBatch _batch = new();

    public CoreUnderTest(StationLimits? limits = null, bool isDurable = false, uint window = 1024 * 1024, uint maxMessage = 16 * 1024 * 1024, bool isResumable = false, bool attach = true)
    {
        Core = new SessionCore(limits ?? StationLimits.Default, isDurable ? new DurableStore() : new MemoryOutgoingStore(), new SessionEnd());
        PeerWelcome = new WelcomeFrame(new string('0', 32), 0, maxMessage, window);
        if (attach)
        {
            Core.Attach(PeerWelcome, 0, isResumable, Now);
        }
    }

    public SessionCore Core { get; }

    public WelcomeFrame PeerWelcome { get; }

    public TimeSpan Now { get; private set; }

    public void Advance(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        Core.OnTimer(Now);
    }

    /// <summary>Sends a message; the id, or 0 where there is no room.</summary>
    public ulong Send(int size = 10, Action<ulong>? accepted = null) =>
        Core.TrySend(OutgoingMessage.Bytes(s_zeros.AsMemory(0, size)), MessageCodec.FixedSize, accepted, out ulong id) ? id : 0;

    /// <summary>What goes out now, in one batch, and is written.</summary>
    public string[] Plan()
    {
        if (!Core.TryPlan(_batch, Now))
        {
            return [];
        }

        string[] frames = Frames();
        Core.Written(_batch, transportMessages: 1);
        return frames;
    }

    /// <summary>What goes out now and stays unwritten.</summary>
    public string[] PlanOnly() => Core.TryPlan(_batch, Now) ? Frames() : [];

    public void Hear(ControlFrame frame) => Core.OnControl(frame, Now);

    public void Receive(ulong id, int size = 10, long overhead = 100) => Core.OnMessage(Message(id, size), overhead, Now);

    /// <summary>What happened since the last call.</summary>
    public string[] Events()
    {
        var events = new List<string>();
        while (Core.TryDequeue(out SessionEvent happened))
        {
            events.Add(happened.Kind switch
            {
                SessionEventKind.Arrived => $"Arrived {happened.Message!.Id}",
                SessionEventKind.Delivered => $"Delivered {happened.Id}",
                SessionEventKind.RoomFreed => "RoomFreed",
                _ => $"{happened.Kind} {happened.Reason!.Fault}",
            });
        }

        return [.. events];
    }

    public static StationMessage Message(ulong id, int size) => new(null!, id, 0, StationMessageKind.Bytes, [], new byte[size]);

    private string[] Frames()
    {
        var frames = new List<string>();
        foreach (OutgoingFrame frame in _batch.Frames)
        {
            frames.Add(frame.ToString());
        }

        return [.. frames];
    }
}
