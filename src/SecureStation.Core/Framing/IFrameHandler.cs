namespace SecureStation.Core.Framing;

/// <summary>Takes the frames that a <see cref="FrameReader"/> finds.</summary>
internal interface IFrameHandler
{
    /// <summary>A whole frame. <paramref name="body"/> is valid only during the call.</summary>
    void OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body);
}
