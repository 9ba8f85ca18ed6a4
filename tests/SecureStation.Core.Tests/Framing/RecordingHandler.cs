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
}
