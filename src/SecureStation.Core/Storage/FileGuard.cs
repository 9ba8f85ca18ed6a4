using SecureStation.Core.Interop;

namespace SecureStation.Core.Storage;

/// <summary>
/// What a file of a store must be on Unix for its content to count: a file and not a link, this user's or root's, and not open to others.
/// On Windows the rights of the user's profile apply.
/// </summary>
/// <param name="Forbidden">What group and world may not do with it.</param>
/// <param name="Refuse">The error for a path and what is wrong with the file.</param>
internal sealed record FileGuard(UnixFileMode Forbidden, Func<string, FileFlaw, StationException> Refuse)
{
    /// <summary>Group and world may not read it either.</summary>
    public const UnixFileMode Secret = UnixFileMode.GroupRead | UnixFileMode.OtherRead | Unchanging;

    /// <summary>Group and world may not write it.</summary>
    public const UnixFileMode Unchanging = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <exception cref="StationException">It is not.</exception>
    public void Check(string path, UnixFileStatus status)
    {
        if (!status.IsMine)
        {
            throw Refuse(path, FileFlaw.Foreign);
        }

        if ((status.Mode & Forbidden) != 0)
        {
            throw Refuse(path, FileFlaw.Open(path, Forbidden == Secret ? "read or written" : "written"));
        }
    }

    /// <summary>The error for a link.</summary>
    public StationException RefuseLink(string path) => Refuse(path, FileFlaw.Link);
}
