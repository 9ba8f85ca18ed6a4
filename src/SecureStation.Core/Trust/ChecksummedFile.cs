using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// A small text file that finds its own damage:
/// <code>
/// content, ends in a line feed
/// sha256 HEX               64 lower-case digits over all bytes before this line; then one line feed, the last byte of the file
/// </code>
/// The checksum is against accidents. It does not protect against someone who can write there.
/// </summary>
internal static class ChecksummedFile
{
    private const int MaxSize = 16 * 1024;

    private static readonly FileGuard s_guard = new(FileGuard.Unchanging, static (path, flaw) => new StationException(
        StationFault.TrustStoreInsecure, $"'{path}' {flaw.Why}. Look whether it is what you wrote. {flaw.Remedy}")
    {
        Subject = flaw.Subject,
    });

    private const int LineLength = 7 + 64 + 1;

    /// <summary>The file's bytes for this content.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: it is larger than what is read again.</exception>
    public static byte[] Format(string content)
    {
        byte[] body = Encoding.UTF8.GetBytes(content + "\n");
        return body.Length + LineLength <= MaxSize
            ? [.. body, .. Line(body)]
            : throw new StationException(StationFault.InvalidArgument, $"A file of the trust store holds {MaxSize / 1024} KiB at most.");
    }

    /// <summary>The content, or null where the file does not exist.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TrustStoreDamaged"/>, <see cref="StationFault.TrustStoreInsecure"/>, <see cref="StationFault.StorageFailed"/></exception>
    public static ReadOnlyMemory<byte>? Read(string path)
    {
        byte[]? file;
        try
        {
            file = BoundedFile.Read(path, MaxSize, s_guard);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (file is null || file.Length < LineLength)
        {
            throw Damaged(path, "its size is wrong");
        }

        ReadOnlyMemory<byte> body = file.AsMemory(..^LineLength);
        return file.AsSpan(^LineLength..).SequenceEqual(Line(body.Span))
            ? body
            : throw Damaged(path, "its checksum does not match");
    }

    public static StationException Damaged(string path, string why, Exception? inner = null) => new(
        StationFault.TrustStoreDamaged,
        $"'{path}' is damaged: {why}. Restore it, or delete it and add the peer again after comparing fingerprints.",
        inner);

    private static byte[] Line(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes($"sha256 {Convert.ToHexStringLower(SHA256.HashData(body))}\n");
}
