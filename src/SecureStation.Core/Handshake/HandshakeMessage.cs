using SecureStation.Core.Noise;

namespace SecureStation.Core.Handshake;

/// <summary>
/// A Noise handshake message to carry over any channel. Prints as base64 and is read from base64 or hex. One that was read from text knows
/// its bytes only; its form follows from the handshake that reads it. Holds no secret: all of it is meant for the wire.
/// </summary>
public sealed class HandshakeMessage
{
    private readonly byte[] _bytes;

    /// <summary>Takes the bytes of a message, which are copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: empty, or longer than a Noise message can be.</exception>
    public HandshakeMessage(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length is 0 or > HandshakeState.MaxMessageLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"A handshake message has 1 to {HandshakeState.MaxMessageLength} bytes, not {bytes.Length}.");
        }

        _bytes = (byte[])bytes.Clone();
    }

    /// <summary>A message whose place in a handshake is known.</summary>
    internal HandshakeMessage(ProtocolName protocol, int number, byte[] bytes)
        : this(bytes)
    {
        MessagePattern pattern = protocol.Pattern.Messages[number - 1];
        Suite = protocol.Name;
        Number = number;
        From = pattern.IsFromInitiator ? StationRole.Initiator : StationRole.Responder;
        Pattern = pattern.ToString();
        PayloadLength = bytes.Length - pattern.Overhead;
        Fields = HandshakeFields.Of(pattern, bytes.Length);
    }

    /// <summary>The suite; null where only the bytes are known.</summary>
    public string? Suite { get; }

    /// <summary>1, 2, 3 …; 0 where only the bytes are known.</summary>
    public int Number { get; }

    /// <summary>Who wrote it; null where only the bytes are known.</summary>
    public StationRole? From { get; }

    /// <summary>Its tokens as the specification writes them, <c>&lt;- e, ee, s, es</c>; null where only the bytes are known.</summary>
    public string? Pattern { get; }

    /// <summary>Bytes in all.</summary>
    public int Length => _bytes.Length;

    /// <summary>Bytes of its payload in clear; 0 where only the bytes are known.</summary>
    public int PayloadLength { get; }

    /// <summary>Its parts, in order; empty where only the bytes are known.</summary>
    public IReadOnlyList<HandshakeField> Fields { get; } = [];

    /// <summary>The bytes as base64.</summary>
    public string Base64 => ToString();

    /// <summary>The bytes in memory.</summary>
    internal ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Reads a message from base64 or hex; white space is skipped.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: neither, or not the length of one.</exception>
    public static HandshakeMessage Parse(string text) => new(WireText.Decode(text, HandshakeState.MaxMessageLength, "handshake message"));

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToBytes() => (byte[])_bytes.Clone();

    /// <summary>The bytes as lower-case hex.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <summary>The bytes as base64, on one line.</summary>
    public override string ToString() => Convert.ToBase64String(_bytes);
}
