using System.Runtime.InteropServices;

namespace SecureStation.Core.Interop;

/// <summary>What .NET's files lack on Unix for names in directories: a rename that is nothing but rename(2), and a touch by any who may write.</summary>
internal static class UnixEntry
{
    private const int NoSuchFile = 2;

    /// <summary>rename(2): in one step or not at all, never a copy. False where there is nothing of that name.</summary>
    /// <exception cref="IOException">Its HResult is errno.</exception>
    public static bool TryRename(string from, string to) => Succeeded(Native.Rename(from, to));

    /// <summary>Sets a file's times to now, by the clock of whoever keeps the file. False where it is not there.</summary>
    /// <remarks>utimes(2) with no times needs the right to write only; with times, which .NET gives, it needs to be the file's owner.</remarks>
    /// <exception cref="IOException">Its HResult is errno.</exception>
    public static bool TryTouch(string path) => Succeeded(Native.SetTimes(path, IntPtr.Zero));

    private static bool Succeeded(int result)
    {
        if (result == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchFile ? false : throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
        internal static extern int Rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

        [DllImport("libc", EntryPoint = "utimes", SetLastError = true)]
        internal static extern int SetTimes([MarshalAs(UnmanagedType.LPUTF8Str)] string path, IntPtr times);
    }
}
