namespace SecureStation.Core.Handshake.ByHand;

/// <summary>What a handshake that is driven by hand waits for.</summary>
public enum ManualHandshakeState
{
    /// <summary>This side writes the next message.</summary>
    WriteDue,

    /// <summary>The peer's next message must be read.</summary>
    ReadDue,

    /// <summary>All messages are through; <see cref="ManualHandshake.Complete"/> is the next step.</summary>
    MessagesComplete,

    /// <summary>It has become a session; no step is left.</summary>
    Completed,

    /// <summary>A message was not genuine, or the peer is not trusted; no step is possible.</summary>
    Failed,

    /// <summary>It was disposed of before its end.</summary>
    Disposed,
}
