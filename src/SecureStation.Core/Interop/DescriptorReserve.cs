using System.Runtime.InteropServices;

namespace SecureStation.Core.Interop;

/// <summary>
/// Keeps some descriptors of the process back from connections. When the last one is gone not only accept(2) fails: the runtime itself ends the process if it
/// cannot open a file that it needs, an assembly for instance (seen: "Out of memory.", aborted). On Windows there is no such bound.
/// </summary>
internal static class DescriptorReserve
{
    private const int Wanted = 64;

    // <sys/resource.h>
    private static readonly int s_openFiles = OperatingSystem.IsLinux() ? 7 : 8;
    private static readonly long s_limit = ReadLimit();

    /// <summary>Whether no more connections should be held: an eighth of what is allowed, 64 at most, is left.</summary>
    public static bool IsReached
    {
        get
        {
            if (s_limit <= 0)
            {
                return false;
            }

            // A new descriptor is the lowest that is free, so its number says how many are in use at least.
            int descriptor = Duplicate(0);
            if (descriptor < 0)
            {
                descriptor = Duplicate(2);
            }

            if (descriptor < 0)
            {
                return true;
            }

            _ = Close(descriptor);
            return descriptor >= s_limit - Math.Min(Wanted, s_limit / 8);
        }
    }

    private static long ReadLimit() =>
        !OperatingSystem.IsWindows() && GetLimit(s_openFiles, out Limit limit) == 0 && limit.Current < int.MaxValue ? (long)limit.Current : 0;

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
