namespace SecureStation.Core.Transfers;

/// <summary>What is sent: bytes of a length that is known before. Its methods may take as long as the disk does.</summary>
internal interface ITransferSource : IDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>An offer of it under a name.</summary>
    TransferOffer CreateOffer(IReadOnlyList<string> parts);

    /// <summary>Reads all of these bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SourceChanged"/>: they are not there any more; <see cref="StationFault.StorageFailed"/>.</exception>
    void Read(long offset, Span<byte> bytes);

    /// <summary>Looks whether it is still what was offered.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SourceChanged"/></exception>
    void RequireUnchanged();
}
