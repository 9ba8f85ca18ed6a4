namespace SecureStation.Core.Interop;

/// <summary>What a file is, by fstat(2) or lstat(2).</summary>
/// <param name="Type">Its type.</param>
/// <param name="Mode">Its mode, without the type.</param>
/// <param name="Owner">The user whose it is.</param>
/// <param name="Identity">Device and inode: the file itself, whatever its name.</param>
internal readonly record struct UnixFileStatus(UnixFileType Type, UnixFileMode Mode, uint Owner, (long Device, long Inode) Identity)
{
    /// <summary>Whether it belongs to this user or to root, who can read and write everything anyway.</summary>
    public bool IsMine => Owner == 0 || Owner == UnixFile.EffectiveUser;
}
