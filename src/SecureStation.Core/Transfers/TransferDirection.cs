namespace SecureStation.Core.Transfers;

/// <summary>Which way a transfer goes.</summary>
public enum TransferDirection
{
    /// <summary>To the peer.</summary>
    Send,

    /// <summary>From the peer.</summary>
    Receive,
}
