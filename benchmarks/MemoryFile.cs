using SecureStation.Core.Transfers;

namespace SecureStation.Benchmarks;

/// <summary>A file that is bytes in memory, to send and to receive into: what a transfer costs without a file system.</summary>
internal sealed class MemoryFile(byte[] bytes) : ITransferSource, IPartFile
{
    long ITransferSource.Length => bytes.Length;

    long IPartFile.Length => 0;

    public TransferOffer CreateOffer(IReadOnlyList<string> parts) => new(TransferId.Create(), parts, bytes.Length);

    public void Read(long offset, Span<byte> into) => bytes.AsSpan((int)offset, into.Length).CopyTo(into);

    public void Write(long offset, ReadOnlySpan<byte> from) => from.CopyTo(bytes.AsSpan((int)offset));

    public void RequireUnchanged()
    {
    }

    public void Truncate(long length)
    {
    }

    public bool Keep(TransferOffer offer, bool overwrite) => true;

    public void Discard()
    {
    }

    public void Dispose()
    {
    }
}
