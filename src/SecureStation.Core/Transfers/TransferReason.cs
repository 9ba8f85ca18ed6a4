namespace SecureStation.Core.Transfers;

/// <summary>Why a receiver ends a transfer (docs/protocol/transfer.md, section 3). The numbers are those of the wire.</summary>
internal enum TransferReason : ushort
{
    /// <summary>All of it is there, under its name.</summary>
    Ok = 0,

    /// <summary>Nobody takes files on this session now; somebody may be about to.</summary>
    NotReceiving = 1,

    /// <summary>This peer may not send files.</summary>
    NotAllowed = 2,

    /// <summary>There is another file of that name, and it is not to be replaced.</summary>
    AlreadyExists = 3,

    /// <summary>The name cannot be a file's name here, or leads out of the folder.</summary>
    UnsafeName = 4,

    /// <summary>More bytes or files than this peer may send.</summary>
    LimitReached = 5,

    /// <summary>The file could not be written: a full disk, missing rights.</summary>
    StorageFailed = 6,

    /// <summary>A leaf or the root is not the hash of what came.</summary>
    ContentMismatch = 7,

    /// <summary>Data without credit, out of order, or beyond the length; or another breach of the protocol.</summary>
    Broken = 8,

    /// <summary>Stopped by the receiver.</summary>
    Canceled = 9,

    /// <summary>Nothing came for too long.</summary>
    Timeout = 10,

    /// <summary>Too many transfers at once, or this file is on its way already.</summary>
    Busy = 11,
}
