namespace SecureStation.Core.Framing;

/// <summary>The frame types of the station protocol (docs/protocol/station-1.md, section 5).</summary>
public enum FrameType : byte
{
    /// <summary>Each side's first frame.</summary>
    Welcome = 1,

    /// <summary>A message or a part of one.</summary>
    Message = 2,

    /// <summary>What has reached the inbox and what has left it.</summary>
    Ack = 3,

    /// <summary>Asks for a Pong.</summary>
    Ping = 4,

    /// <summary>Echoes a Ping's token.</summary>
    Pong = 5,

    /// <summary>The last frame of a side.</summary>
    Close = 6,

    /// <summary>The sender changes its key after this transport message.</summary>
    Rekey = 7,
}
