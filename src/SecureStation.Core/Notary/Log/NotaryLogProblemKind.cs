namespace SecureStation.Core.Notary.Log;

/// <summary>What can be wrong with a log.</summary>
public enum NotaryLogProblemKind
{
    /// <summary>A line is no entry.</summary>
    Malformed,

    /// <summary>An entry is not what was signed.</summary>
    Edited,

    /// <summary>An entry does not follow from the one before it: that one was replaced.</summary>
    ChainBroken,

    /// <summary>An entry stands after a later one.</summary>
    OutOfOrder,

    /// <summary>An entry stands there twice.</summary>
    Repeated,

    /// <summary>Entries are missing, at the beginning or inside.</summary>
    Missing,

    /// <summary>An entry is of another log.</summary>
    ForeignEntry,

    /// <summary>An entry is signed by another key than was named.</summary>
    WrongKey,

    /// <summary>The token of an entry cannot be read or its signature is wrong.</summary>
    TokenInvalid,

    /// <summary>A token is earlier than the one before it.</summary>
    TimeBackwards,

    /// <summary>The log ends before the head that was kept elsewhere.</summary>
    Cut,

    /// <summary>The entry of the head that was kept elsewhere is another one now, or that head itself does not hold.</summary>
    HeadMismatch,
}
