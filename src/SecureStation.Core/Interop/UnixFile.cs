using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SecureStation.Core.Interop;

/// <summary>
/// What .NET's files lack on Unix: to open without waiting (a FIFO makes open(2) wait for a writer) or without following a link, and to ask
/// an open file what it is and whose; and to give a file a name only where that is free.
/// </summary>
internal static class UnixFile
{
    // <fcntl.h>. Linux numbers O_NOFOLLOW otherwise on Arm and POWER.
    private static readonly bool s_isLinux = OperatingSystem.IsLinux();
    private static readonly int s_closeOnExec = s_isLinux ? 0x80000 : 0x1000000;
    private static readonly int s_nonBlocking = s_isLinux ? 0x800 : 0x4;
    private static readonly int s_noFollow = !s_isLinux ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000
        : 0x20000;

    private const int NoSuchFile = 2;
    private const int PermissionDenied = 13;
    private const int Exists = 17;
    private const int NotADirectory = 20;
    private const int TypeMask = 0xF000;

    // <sys/file.h>
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;

    /// <summary>The user that this process acts as.</summary>
    public static uint EffectiveUser => Native.GetEffectiveUser();

    /// <summary>Opens for reading, at once whatever it is.</summary>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It cannot be opened; or it is a link, and none is to be followed.</exception>
    public static SafeFileHandle OpenRead(string path, bool followLinks)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A path cannot contain NUL.", nameof(path));
        }

        SafeFileHandle handle = Native.Open(path, s_closeOnExec | s_nonBlocking | (followLinks ? 0 : s_noFollow));
        if (!handle.IsInvalid)
        {
            return handle;
        }

        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw Failure(error, path);
    }

    /// <summary>Gives a file another name, in one step: true; false where there is something of that name, null where the file system has no second names.</summary>
    public static bool? TryLink(string path, string name) =>
        Native.Link(path, name) == 0 ? true
        : Marshal.GetLastPInvokeError() == Exists ? false
        : null;

    /// <summary>What the open file is.</summary>
    public static UnixFileStatus Status(SafeFileHandle handle)
    {
        if (Native.FileStatus(handle, out Native.Stat stat) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        return StatusOf(stat);
    }

    /// <summary>What lies at a path, a link as itself; null where there is nothing.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may not be searched.</exception>
    /// <exception cref="IOException">It cannot be said.</exception>
    public static UnixFileStatus? StatusOf(string path)
    {
        if (Native.LinkStatus(path, out Native.Stat stat) == 0)
        {
            return StatusOf(stat);
        }

        int error = Marshal.GetLastPInvokeError();
        return error is NoSuchFile or NotADirectory ? null : throw Failure(error, path);
    }

    /// <summary>
    /// Locks an existing folder for one at a time, across threads and processes (flock); disposing of the handle releases it, and so does the system when
    /// its process dies.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    /// <exception cref="IOException">It is not there, or others hold the lock all the time.</exception>
    public static SafeFileHandle Lock(string folder, TimeSpan timeout)
    {
        SafeFileHandle handle = OpenRead(folder, followLinks: true);
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Native.Lock(handle, LockExclusive | LockWithoutWaiting) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (Environment.TickCount64 >= deadline)
            {
                handle.Dispose();
                throw new IOException($"'{folder}' could not be locked within {timeout.TotalSeconds:0} s: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }

            Thread.Sleep(Random.Shared.Next(1, 15));
        }

        return handle;
    }

    private static Exception Failure(int error, string path) => error switch
    {
        NoSuchFile or NotADirectory => new FileNotFoundException($"There is no file '{path}'.", path),
        PermissionDenied => new UnauthorizedAccessException($"Access to '{path}' is denied."),
        _ => new IOException(Marshal.GetPInvokeErrorMessage(error), error),
    };

    private static UnixFileStatus StatusOf(in Native.Stat stat) =>
        new((UnixFileType)(stat.Mode & TypeMask), (UnixFileMode)(stat.Mode & ~TypeMask), stat.User, (stat.Device, stat.Inode));

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        internal static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "link", SetLastError = true)]
        internal static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

        [DllImport("libc", EntryPoint = "geteuid")]
        internal static extern uint GetEffectiveUser();

        // The runtime's own fstat: the layout of C's struct stat differs from one platform to the next, this one's does not.
        [DllImport("libSystem.Native", EntryPoint = "SystemNative_FStat", SetLastError = true)]
        internal static extern int FileStatus(SafeFileHandle file, out Stat stat);

        [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat", SetLastError = true)]
        internal static extern int LinkStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out Stat stat);

        [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
        internal static extern int Lock(SafeFileHandle file, int operation);

        [StructLayout(LayoutKind.Explicit, Size = 256)]
        internal struct Stat
        {
            [FieldOffset(4)]
            internal int Mode;

            [FieldOffset(8)]
            internal uint User;

            [FieldOffset(88)]
            internal long Device;

            [FieldOffset(104)]
            internal long Inode;
        }
    }
}
