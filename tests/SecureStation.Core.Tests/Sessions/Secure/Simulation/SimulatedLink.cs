using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>One direction of a connection: frames arrive in order, after a delay that changes, or never.</summary>
internal sealed class SimulatedLink
{
    // What a socket's buffers hold: beyond it the writer waits.
    private const int Capacity = 300_000;

    private readonly Queue<(TimeSpan At, OutgoingFrame? Frame)> _frames = new();
    private TimeSpan _lastAt;
    private int _bytes;

    public TimeSpan Delay { get; set; }

    /// <summary>Whether nothing arrives any more and nobody is told.</summary>
    public bool IsStalled { get; set; }

    public bool IsFull => _bytes > Capacity;

    public bool IsEmpty => _frames.Count == 0;

    public TimeSpan NextAt => IsStalled || _frames.Count == 0 ? TimeSpan.MaxValue : _frames.Peek().At;

    /// <summary>Puts a frame on the way; null is the end of the stream.</summary>
    public void Add(OutgoingFrame? frame, TimeSpan now)
    {
        _lastAt = now + Delay > _lastAt ? now + Delay : _lastAt;
        _frames.Enqueue((_lastAt, frame));
        _bytes += frame?.Size ?? 0;
    }

    public OutgoingFrame? Take()
    {
        OutgoingFrame? frame = _frames.Dequeue().Frame;
        _bytes -= frame?.Size ?? 0;
        return frame;
    }
}
