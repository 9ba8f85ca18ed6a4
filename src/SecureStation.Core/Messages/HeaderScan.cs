using System.Buffers.Binary;

namespace SecureStation.Core.Messages;

/// <summary>
/// Looks, while a first frame comes in pieces, whether all that stands before the body is there. It goes on where it stopped: a peer that
/// sends byte after byte must not have all headers walked through for each.
/// </summary>
internal struct HeaderScan
{
    private int _position;
    private int _strings;

    /// <summary>Whether the frame's beginning, which has only grown since the last call, is complete.</summary>
    public bool IsComplete(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < MessageCodec.FixedSize)
        {
            return false;
        }

        int strings = 2 * BinaryPrimitives.ReadUInt16BigEndian(frame[17..]);
        for (_position = Math.Max(_position, MessageCodec.FixedSize); _strings < strings && frame.Length - _position >= 2; _strings++)
        {
            _position += 2 + BinaryPrimitives.ReadUInt16BigEndian(frame[_position..]);
        }

        return _strings == strings && _position <= frame.Length;
    }
}
