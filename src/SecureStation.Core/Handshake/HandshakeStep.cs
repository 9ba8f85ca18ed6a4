namespace SecureStation.Core.Handshake;

/// <summary>One Noise message of a finished or running handshake, as it went over the wire. Holds no secret.</summary>
/// <param name="Number">1, 2, 3.</param>
/// <param name="IsFromInitiator">Who sent it.</param>
/// <param name="Message">The Noise message, without its length.</param>
/// <param name="PayloadLength">Bytes of its payload in clear.</param>
/// <param name="At">When it was written or read on this side.</param>
public sealed record HandshakeStep(int Number, bool IsFromInitiator, ReadOnlyMemory<byte> Message, int PayloadLength, DateTimeOffset At)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Number} {(IsFromInitiator ? "->" : "<-")} {Message.Length} bytes";
}
