using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Interop;

namespace SecureStation.Core.Storage;

/// <summary>Directories for their owner alone. On Windows the rights of the user's profile apply.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory, mode 0700, with those above it that are missing. One that exists is left as it is.</summary>
    public static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }
    }

    /// <summary>
    /// Whether another user can write in it: group or world may, or it is somebody else's than this user's or root's. False where it does
    /// not exist, and on Windows.
    /// </summary>
    public static bool IsWritableByOthers(string directory)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(directory))
        {
            return false;
        }

        using SafeFileHandle handle = UnixFile.OpenRead(directory, followLinks: true);
        UnixFileStatus status = UnixFile.Status(handle);
        return !status.IsMine || (status.Mode & FileGuard.Unchanging) != 0;
    }

    /// <summary>The full paths of the files that match; none where the directory does not exist.</summary>
    public static string[] Files(string directory, string pattern)
    {
        try
        {
            return Directory.GetFiles(directory, pattern, new EnumerationOptions { MatchType = MatchType.Simple, AttributesToSkip = 0, IgnoreInaccessible = false });
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
