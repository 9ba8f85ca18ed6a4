namespace SecureStation.Core.Interop;

/// <summary>The type of a file, as <c>S_IFMT</c> has it (man 7 inode).</summary>
internal enum UnixFileType
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Link = 0xA000,
    Socket = 0xC000,
}
