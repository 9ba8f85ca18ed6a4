namespace SecureStation.Core.Framing;

/// <summary>Takes the frames that a <see cref="FrameReader"/> finds. What it is given is valid only during the call.</summary>
internal interface IFrameHandler
{
    /// <summary>A whole frame of any type but Message.</summary>
    void OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body);

    /// <summary>The next bytes of a Message frame, as they come.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="part">The bytes; empty only where the frame is.</param>
    /// <param name="isEnd">Whether the frame ends with them.</param>
    void OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd);

    /// <summary>
    /// Where the next bytes of a Message frame, all of them body, are to be decrypted to, so that they need not be copied; empty where that is not
    /// known. <see cref="OnBodyDecrypted"/> follows, unless they are not genuine.
    /// </summary>
    Span<byte> ReserveBody(int length);

    /// <summary>The bytes are where <see cref="ReserveBody"/> said.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="length">How many.</param>
    /// <param name="isEnd">Whether the frame ends with them.</param>
    void OnBodyDecrypted(FrameHeader header, int length, bool isEnd);
}
