namespace SecureStation.Core.Auditing;

/// <summary>What a session has moved until now.</summary>
internal interface IMessageCounts
{
    /// <summary>Messages sent.</summary>
    long MessagesSent { get; }

    /// <summary>Messages that came in whole.</summary>
    long MessagesReceived { get; }

    /// <summary>Body bytes sent.</summary>
    long BytesSent { get; }

    /// <summary>Body bytes that came in whole.</summary>
    long BytesReceived { get; }
}
