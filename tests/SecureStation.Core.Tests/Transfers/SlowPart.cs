using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>An unfinished file on a disk that does what a test says before each write: waits, or is full.</summary>
internal sealed class SlowPart(IPartFile part, Action<long> beforeWrite) : IPartFile
{
    public long Length => part.Length;

    public void Read(long offset, Span<byte> bytes) => part.Read(offset, bytes);

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        beforeWrite(offset);
        part.Write(offset, bytes);
    }

    public void Truncate(long length) => part.Truncate(length);

    public bool Keep(TransferOffer offer, bool overwrite) => part.Keep(offer, overwrite);

    public void Discard() => part.Discard();

    public void Dispose() => part.Dispose();
}
