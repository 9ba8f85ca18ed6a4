using SecureStation.Core.Framing;
using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>Cuts the message that is being sent into pieces, one frame each.</summary>
internal sealed class Fragmenter
{
    // A frame stays well below a batch, so that control frames need not wait long behind it.
    private const int MaxFrameBody = 128 * 1024;

    private OutgoingEntry _current;
    private int _offset;
    private bool _hasBegun;

    /// <summary>Whether a message has been begun and not ended.</summary>
    public bool IsInMessage { get; private set; }

    /// <summary>Begins a message.</summary>
    public void Begin(in OutgoingEntry entry)
    {
        _current = entry;
        _offset = 0;
        _hasBegun = false;
        IsInMessage = true;
    }

    /// <summary>
    /// The next piece of the message. False: it does not fit into <paramref name="room"/> bytes of frames; an empty batch takes every piece.
    /// Pieces are as large as they can be, since the receiver decrypts a message of one frame to where it stays.
    /// </summary>
    public bool TryNext(int room, out MessageFragment fragment)
    {
        int head = _hasBegun ? 0 : _current.HeadSize;
        int left = _current.BodyLength - _offset;
        int length = Math.Min(left, MaxFrameBody - head);
        if (FrameHeader.Size + head + length > room)
        {
            fragment = default;
            return false;
        }

        fragment = new MessageFragment(_current.Message, _current.Id, head, _offset, length);
        _hasBegun = true;
        _offset += length;
        if (fragment.IsLast)
        {
            Drop();
        }

        return true;
    }

    /// <summary>Forgets the message that has been begun: a Close follows, or another connection.</summary>
    public void Drop()
    {
        IsInMessage = false;
        _current = default;
    }
}
