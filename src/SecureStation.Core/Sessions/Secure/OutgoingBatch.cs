using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>Frames that go out together. Knows the room that is left, so that nothing is planned that does not fit.</summary>
internal sealed class OutgoingBatch
{
    private const int MaxFrames = 4096;

    private readonly PooledList<OutgoingFrame> _frames = new();

    public ReadOnlySpan<OutgoingFrame> Frames => _frames.Items;

    public bool IsEmpty => _frames.Count == 0;

    /// <summary>Bytes of frames that still fit, with what their transport messages add.</summary>
    public int Room { get; private set; }

    /// <summary>Whether the batch begins by changing the key.</summary>
    public bool Rekeys { get; private set; }

    /// <summary>Whether the batch is the last of this side.</summary>
    public bool Closes { get; private set; }

    public void Clear()
    {
        _frames.Clear();
        Room = FrameWriter.BatchSize;
        Rekeys = false;
        Closes = false;
    }

    /// <summary>Gives its memory back while nothing is to be written.</summary>
    public void Release()
    {
        _frames.Release();
        Clear();
    }

    public bool HasRoomFor(ControlFrame frame) => _frames.Count < MaxFrames && Room >= FrameHeader.Size + frame.BodyLength;

    public void Add(ControlFrame frame)
    {
        Rekeys |= frame.Type == FrameType.Rekey;
        Closes |= frame.Type == FrameType.Close;
        Add(new OutgoingFrame(frame), frame.Type == FrameType.Rekey ? FrameWriter.RecordOverhead : 0);
    }

    /// <summary>What a piece of a message may take; none fits where this is negative.</summary>
    public int RoomForMessage => _frames.Count < MaxFrames ? Room - FrameWriter.DirectOverhead : -1;

    public void Add(MessageFragment fragment) =>
        Add(new OutgoingFrame(fragment), fragment.Length >= FrameWriter.DirectFrom ? FrameWriter.DirectOverhead : 0);

    private void Add(in OutgoingFrame frame, int overhead)
    {
        _frames.Add(frame);
        Room -= frame.Size + overhead;
    }
}
