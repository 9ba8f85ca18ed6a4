namespace SecureStation.Core.Protocols;

/// <summary>What a protocol says of the first bytes of a connection.</summary>
public enum ProtocolMatch
{
    /// <summary>The bytes cannot be the beginning of this protocol.</summary>
    No,

    /// <summary>They may be: more bytes, or more silence, will tell.</summary>
    Undecided,

    /// <summary>They are the beginning of this protocol and of no other.</summary>
    Yes,
}
