namespace SecureStation.Core.Transfers;

/// <summary>How far a transfer is.</summary>
public enum TransferState
{
    /// <summary>The receiver has not answered yet, or others come first.</summary>
    Waiting,

    /// <summary>What both sides have already is compared.</summary>
    Comparing,

    /// <summary>Data goes.</summary>
    Running,

    /// <summary>All of it is there.</summary>
    Completed,

    /// <summary>It has failed: <see cref="StationTransfer.Error"/>. What came may be gone on with.</summary>
    Failed,

    /// <summary>It was stopped. What came may be gone on with.</summary>
    Stopped,
}
