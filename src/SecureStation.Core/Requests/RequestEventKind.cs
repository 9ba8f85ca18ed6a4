namespace SecureStation.Core.Requests;

/// <summary>What follows from a message.</summary>
internal enum RequestEventKind
{
    /// <summary>Nothing: it belongs to no call that is open.</summary>
    None,

    /// <summary>A result of our call.</summary>
    Item,

    /// <summary>Our call has all its results.</summary>
    Ended,

    /// <summary>Our call failed over there.</summary>
    Failed,

    /// <summary>Our call's answers break the protocol: it has failed, and the peer is to be told that it is withdrawn.</summary>
    Broken,

    /// <summary>The peer asks something.</summary>
    Called,

    /// <summary>The peer's call is to be refused.</summary>
    Refused,

    /// <summary>The peer takes more results.</summary>
    Credited,

    /// <summary>The peer gives credit for a call that is not open here.</summary>
    NotOpen,
}
