using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Sealed messages of any size, from stream to file, in bounded memory: a file has its name only when it is whole, and an opened one only when its signature
/// is right.
/// </summary>
public static class SealedFile
{
    private const int BlockLength = 64 * 1024;

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
        using (AgeWriter age = AgeFile.Seal(target.Stream, recipients, options.IsArmored))
        {
            using SealedWriter? message = options.IsRaw ? null : new SealedWriter(age, head, terms.Sender);
            Copy(source, message ?? (Stream)age, options);
            message?.Complete();
            age.Complete();
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
        using var opener = new SealedOpener(source, terms);
        string path = choose(opener.Origin.Head);
        return new SealedFileResult(path, Write(opener.ReadBlock, path, options), opener.Origin);
    }

    /// <summary>Opens a plain age file into a file, mode 0600; nothing says who made it.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static SealedFileResult OpenRaw(Stream source, string path, OpeningTerms terms, SealedFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var opener = new RawOpener(source, terms);
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

    private delegate ReadOnlySpan<byte> BlockReader();

    private static long Write(BlockReader readBlock, string path, SealedFileOptions options)
    {
        TemporaryFile.RequireFree(path, options.Overwrite);
        using var target = new TemporaryFile(path, isPrivate: true);
        long written = 0;
        for (ReadOnlySpan<byte> block = readBlock(); !block.IsEmpty; block = readBlock())
        {
            options.Token.ThrowIfCancellationRequested();
            target.Write(block);
            written += block.Length;
            options.Progress?.Report(written);
        }

        target.Keep(options.Overwrite);
        return written;
    }

    private static void Copy(Stream source, Stream destination, SealedFileOptions options)
    {
        byte[] block = new byte[BlockLength];
        long copied = 0;
        try
        {
            for (int length = source.Read(block); length > 0; length = source.Read(block))
            {
                options.Token.ThrowIfCancellationRequested();
                destination.Write(block, 0, length);
                copied += length;
                options.Progress?.Report(copied);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }
}
