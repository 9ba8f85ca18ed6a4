namespace SecureStation.Core.Transfers;

/// <summary>The unfinished file of a transfer that comes in. Its methods may take as long as the disk does.</summary>
internal interface IPartFile : IDisposable
{
    /// <summary>Bytes that it holds.</summary>
    long Length { get; }

    /// <summary>Reads bytes that it holds.</summary>
    void Read(long offset, Span<byte> bytes);

    /// <summary>Writes.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Forgets what is beyond.</summary>
    void Truncate(long length);

    /// <summary>Gives it its final name. False: there is such a file now, and it is not to be replaced.</summary>
    bool Keep(TransferOffer offer, bool overwrite);

    /// <summary>Throws it away.</summary>
    void Discard();
}
