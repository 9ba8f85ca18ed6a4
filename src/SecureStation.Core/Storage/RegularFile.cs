using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Interop;

namespace SecureStation.Core.Storage;

/// <summary>
/// Opens files to read, and nothing but files: a FIFO would make the reader wait for a writer that may never come, and a device has no end.
/// What is asked about a file is asked of the open one, so that it cannot be another by then.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file, through links too. Others may write, rename or delete it meanwhile.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be opened, or is a directory, a pipe, a device or a socket.</exception>
    public static FileStream OpenRead(string path) => OpenRead(path, guard: null);

    /// <summary>Opens a file; with a guard, one that is what it says.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be opened, or is no file.</exception>
    /// <exception cref="StationException">The guard's fault: it is a link, somebody else's, or open to others.</exception>
    internal static FileStream OpenRead(string path, FileGuard? guard)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (OperatingSystem.IsWindows())
        {
            // .NET refuses what is not on a disk; who may do what the user's profile says.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        SafeFileHandle handle = Open(path, guard);
        try
        {
            UnixFileStatus status = Require(path, handle);
            guard?.Check(path, status);
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what is open and no file. On Windows .NET has done so.</summary>
    /// <exception cref="IOException">It is a directory, a pipe, a device or a socket.</exception>
    internal static UnixFileStatus Require(string path, SafeFileHandle handle)
    {
        if (OperatingSystem.IsWindows())
        {
            return default;
        }

        UnixFileStatus status = UnixFile.Status(handle);
        return status.Type == UnixFileType.Regular ? status : throw new IOException($"'{path}' is a {Describe(status.Type)}, not a file.");
    }

    private static SafeFileHandle Open(string path, FileGuard? guard)
    {
        try
        {
            return UnixFile.OpenRead(path, followLinks: guard is null);
        }
        catch (IOException) when (guard is not null && new FileInfo(path).LinkTarget is not null)
        {
            throw guard.RefuseLink(path);
        }
    }

    private static string Describe(UnixFileType type) => type switch
    {
        UnixFileType.Directory => "directory",
        UnixFileType.Fifo => "pipe",
        UnixFileType.Socket => "socket",
        _ => "device",
    };
}
