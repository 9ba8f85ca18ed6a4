namespace SecureStation.Core.State;

/// <summary>
/// The messages that were accepted and that the peer has not acknowledged, by id, without gaps. An index in memory: no call waits. One that
/// also keeps them over a restart writes behind and tells <c>SessionCore.Stored</c>.
/// </summary>
internal interface IOutgoingStore
{
    /// <summary>Whether what is appended, and what comes in, becomes durable later; else it is as safe as it gets at once.</summary>
    bool IsDurable { get; }

    /// <summary>Adds the next message.</summary>
    void Append(in OutgoingEntry entry);

    /// <summary>A message that was appended and not forgotten.</summary>
    OutgoingEntry Read(ulong id);

    /// <summary>Puts another message in the place of one that was appended and not forgotten.</summary>
    void Replace(in OutgoingEntry entry);

    /// <summary>A message of the peer is whole, and to become durable.</summary>
    void Receive(SecureStation.Core.Sessions.StationMessage message)
    {
    }

    /// <summary>Drops all messages up to this one.</summary>
    void Forget(ulong upTo);
}
