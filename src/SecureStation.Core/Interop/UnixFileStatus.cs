namespace SecureStation.Core.Interop;

/// <summary>What an open file is, by fstat(2).</summary>
internal readonly record struct UnixFileStatus(UnixFileType Type, UnixFileMode Mode, uint Owner)
{
    /// <summary>Whether it belongs to this user or to root, who can read and write everything anyway.</summary>
    public bool IsMine => Owner == 0 || Owner == UnixFile.EffectiveUser;
}
