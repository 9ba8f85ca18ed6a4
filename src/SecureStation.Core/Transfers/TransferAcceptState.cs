namespace SecureStation.Core.Transfers;

/// <summary>What an accept says of what the receiver has. The numbers are those of the wire.</summary>
internal enum TransferAcceptState : byte
{
    /// <summary>More hashes follow in another accept.</summary>
    More = 0,

    /// <summary>That is all that it has.</summary>
    Last = 1,

    /// <summary>
    /// A file of that name, length and time is there. The sender sends its leaves' hashes and no data; whether they are the same, the receiver looks.
    /// First is how many it has looked at: the sender is 8,000 ahead at most.
    /// </summary>
    Present = 2,
}
