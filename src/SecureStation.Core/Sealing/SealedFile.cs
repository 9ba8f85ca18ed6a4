using SecureStation.Core.Age;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Sealed messages of any size, from stream to file, in bounded memory: a file has its name only when it is whole, and an opened one only when its signature
/// is right.
/// </summary>
public static class SealedFile
{
    // Two would do. But a buffer that another core has read just now is slow to overwrite: with 16, sealing is a tenth faster.
    private const int Buffers = 16;

    /// <summary>Seals a stream into a file.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="path">The file; beside it, a temporary one while it is written.</param>
    /// <param name="terms">What the sender decides.</param>
    /// <param name="options">How.</param>
    /// <exception cref="StationException">As <see cref="SealedMessage.Seal"/>; <see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/>.</exception>
    /// <exception cref="OperationCanceledException">The options' token; no file is left.</exception>
    public static SealSecrecy Seal(Stream source, string path, SealingTerms terms, SealedFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(options);
        (IReadOnlyList<AgeRecipient> recipients, SealSecrecy secrecy) = RecipientChoice.Of(terms);
        byte[] head = options.IsRaw ? [] : SealedHeadJson.Write(terms.ToHead());
        using var target = new TemporaryFile(path, isPrivate: false);
        using (AgeWriter age = StorageErrors.Map(path, () => AgeFile.Seal(target.Stream, recipients, options.IsArmored)))
        {
            using SealedWriter? message = options.IsRaw ? null : StorageErrors.Map(path, () => new SealedWriter(age, head, terms.Sender));
            Copy(source, path, message, age, options);
            StorageErrors.Map(path, () =>
            {
                message?.Complete();
                age.Complete();
            });
        }

        target.Keep(options.Overwrite);
        return secrecy;
    }

    /// <summary>Opens a sealed message into a file, mode 0600.</summary>
    /// <param name="source">The sealed message, armored or not.</param>
    /// <param name="choose">The path of the file, of a head that only claims; a temporary one is written beside it.</param>
    /// <param name="terms">What the reader brings and demands.</param>
    /// <param name="options">How.</param>
    /// <exception cref="StationException">As <see cref="SealedMessage.Open"/>; <see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/>.</exception>
    /// <exception cref="OperationCanceledException">The options' token; no file is left.</exception>
    public static SealedFileResult Open(Stream source, Func<SealedHead, string> choose, OpeningTerms terms, SealedFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(choose);
        ArgumentNullException.ThrowIfNull(options);
        using var opener = new SealedOpener(source, terms, SealedReader.LargeBlock);
        string path = choose(opener.Origin.Head);
        return new SealedFileResult(path, Write(opener.ReadBlock, path, options), opener.Origin);
    }

    /// <summary>Opens a plain age file into a file, mode 0600; nothing says who made it.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static SealedFileResult OpenRaw(Stream source, string path, OpeningTerms terms, SealedFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var opener = new RawOpener(source, terms, SealedReader.LargeBlock);
        return new SealedFileResult(path, Write(opener.ReadBlock, path, options), origin: null);
    }

    /// <summary>Writes armored messages one after the other to a file, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/></exception>
    public static void WriteBlocks(string path, IEnumerable<byte[]> blocks, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        TemporaryFile.RequireFree(path, overwrite);
        using var target = new TemporaryFile(path, isPrivate: false);
        foreach (byte[] block in blocks)
        {
            target.Write(block);
        }

        target.Keep(overwrite);
    }

    private static long Write(Func<ReadOnlyMemory<byte>> readBlock, string path, SealedFileOptions options)
    {
        TemporaryFile.RequireFree(path, options.Overwrite);
        using var target = new TemporaryFile(path, isPrivate: true);
        long written = ReadAhead.Run(readBlock, lead: 1, block => target.Write(block.Span), options);
        target.Keep(options.Overwrite);
        return written;
    }

    // One thread reads and hashes the next block while the other encrypts and writes this one.
    private static void Copy(Stream source, string path, SealedWriter? message, AgeWriter age, SealedFileOptions options)
    {
        using var blocks = new BlockRing(SealedReader.LargeBlock, Buffers);
        ReadAhead.Run(
            () =>
            {
                ReadOnlyMemory<byte> block = blocks.Read(source);
                message?.Hash(block.Span);
                return block;
            },
            Buffers / 2,
            block => StorageErrors.Map(path, () =>
            {
                if (message is null)
                {
                    age.Write(block.Span);
                }
                else
                {
                    message.WriteHashed(block.Span);
                }
            }),
            options);
    }
}
