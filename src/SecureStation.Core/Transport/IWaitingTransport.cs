namespace SecureStation.Core.Transport;

/// <summary>A transport for which a thread can wait in the kernel. One reader at a time, as ever.</summary>
internal interface IWaitingTransport
{
    /// <summary>Waits on this thread until a read would not have to wait, or the connection is over. False: not in that time.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    bool WaitForBytes(TimeSpan patience);
}
