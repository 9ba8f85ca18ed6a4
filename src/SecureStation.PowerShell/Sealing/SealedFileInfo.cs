using SecureStation.Core.Sealing;

namespace SecureStation;

/// <summary>A file that Protect-StationFile wrote.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Secrecy">What keeps it secret.</param>
/// <param name="To">For whom it was sealed; empty under a passphrase.</param>
/// <param name="ExpiresAt">Until when it is taken; null for ever.</param>
public sealed record SealedFileInfo(string Path, long Length, SealSecrecy Secrecy, IReadOnlyList<string> To, DateTimeOffset? ExpiresAt)
{
    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
