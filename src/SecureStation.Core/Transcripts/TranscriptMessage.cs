using SecureStation.Core.Handshake;

namespace SecureStation.Core.Transcripts;

/// <summary>One handshake message of a transcript, as it went over the wire.</summary>
public sealed record TranscriptMessage
{
    /// <summary>1, 2, 3 …</summary>
    public required int Number { get; init; }

    /// <summary>Who sent it.</summary>
    public required StationRole From { get; init; }

    /// <summary>Its tokens as the specification writes them, <c>&lt;- e, ee, s, es</c>.</summary>
    public required string Tokens { get; init; }

    /// <summary>When the recording side wrote or read it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Milliseconds since the message before it, or since the beginning.</summary>
    public required double ElapsedMilliseconds { get; init; }

    /// <summary>Bytes in all.</summary>
    public required int Length { get; init; }

    /// <summary>Bytes of its payload in clear.</summary>
    public required int PayloadLength { get; init; }

    /// <summary>Its parts.</summary>
    public required IReadOnlyList<HandshakeField> Fields { get; init; }

    /// <summary>The Noise message, base64.</summary>
    public required string Message { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}  {Tokens}  ({Length} bytes)";
}
