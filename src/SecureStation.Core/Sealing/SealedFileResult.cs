using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>A file that was opened, and what is proven of it.</summary>
public sealed class SealedFileResult
{
    internal SealedFileResult(string path, long length, SealedOrigin? origin)
    {
        Path = path;
        Length = length;
        Origin = origin;
    }

    /// <summary>The file that was written.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Where it comes from; null of a plain age file.</summary>
    public SealedOrigin? Origin { get; }

    /// <summary>The name of the peer that signed it, or the fingerprint of an unknown one; null where nobody did.</summary>
    public string? Peer => Origin?.Peer;

    /// <summary>The fingerprint of the sender; null where there is none.</summary>
    public Fingerprint? Fingerprint => Origin?.Head.Sender?.Fingerprint;

    /// <summary>Whether a known peer has signed it, for this reader among others.</summary>
    public bool Verified => Origin?.Verified ?? false;

    /// <summary>Whether its sender named no recipient, so that any reader could have passed it on.</summary>
    public bool Forwardable => Origin?.Forwardable ?? true;

    /// <summary>What keeps it secret; null of a plain age file.</summary>
    public SealSecrecy? Secrecy => Origin?.Secrecy;

    /// <summary>When it was sealed, as its sender says (UTC); null of a plain age file.</summary>
    public DateTimeOffset? SentAt => Origin?.Head.SentAt;

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
