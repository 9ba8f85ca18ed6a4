namespace SecureStation.Core.Transport.Faults;

/// <summary>What a <see cref="FaultRule"/> does to a message or byte.</summary>
public enum FaultKind
{
    /// <summary>It arrives later, and what follows it too. At a byte: everything from it on.</summary>
    Delay,

    /// <summary>It never arrives.</summary>
    Drop,

    /// <summary>One bit of it arrives the other way round: of a message, in its last byte.</summary>
    Corrupt,

    /// <summary>It arrives twice.</summary>
    Duplicate,

    /// <summary>It arrives after the message that follows it. For messages only.</summary>
    Reorder,

    /// <summary>Only the first half of it arrives, with a length that fits. At a byte: the write that holds it ends before it.</summary>
    Truncate,

    /// <summary>The connection is cut in both directions before it.</summary>
    Cut,
}
