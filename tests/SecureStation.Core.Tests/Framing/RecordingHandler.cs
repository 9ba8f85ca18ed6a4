using System.Runtime.InteropServices;
using SecureStation.Core.Framing;

namespace SecureStation.Core.Tests.Framing;

/// <summary>Writes down the frames that a reader finds; Message frames whole.</summary>
internal sealed class RecordingHandler : IFrameHandler
{
    private readonly List<byte> _part = [];

    public List<string> Frames { get; } = [];

    public void OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body) => Frames.Add($"{type} {flags} {Convert.ToHexStringLower(body)}");

    public void OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd)
    {
        _part.AddRange(part);
        if (isEnd)
        {
            OnFrame(header.Type, header.Flags, _part.ToArray());
            _part.Clear();
        }
    }

    // Some bodies it takes where they will stay, some it copies.
    public Span<byte> ReserveBody(int length)
    {
        if (_part.Count % 2 == 1)
        {
            return default;
        }

        int before = _part.Count;
        CollectionsMarshal.SetCount(_part, before + length);
        Span<byte> reserved = CollectionsMarshal.AsSpan(_part)[before..];
        CollectionsMarshal.SetCount(_part, before);
        return reserved;
    }

    public void OnBodyDecrypted(FrameHeader header, int length, bool isEnd)
    {
        CollectionsMarshal.SetCount(_part, _part.Count + length);
        if (isEnd)
        {
            OnMessagePart(header, [], isEnd);
        }
    }
}
