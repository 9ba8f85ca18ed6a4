namespace SecureStation.Core.Transfers;

/// <summary>What a sender does next.</summary>
internal enum SendingStep
{
    /// <summary>Wait for the receiver.</summary>
    Wait,

    /// <summary>Read the leaf again and hash it: <see cref="SendingTransfer.Compare"/>.</summary>
    Compare,

    /// <summary>Read <see cref="SendingTransfer.NextLength"/> bytes from <see cref="SendingTransfer.Offset"/>, hash and send them: <see cref="SendingTransfer.TakeData"/>.</summary>
    Data,

    /// <summary>Send the hash of the leaf whose data has gone: <see cref="SendingTransfer.TakeLeaf"/>.</summary>
    Leaf,

    /// <summary>Send the root: <see cref="SendingTransfer.TakeDone"/>.</summary>
    Done,

    /// <summary>Nothing: the receiver has ended it.</summary>
    Ended,
}
