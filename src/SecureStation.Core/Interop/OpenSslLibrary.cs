using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace SecureStation.Core.Interop;

/// <summary>
/// The platform's OpenSSL 3, on which the .NET runtime does its own cryptography on Linux. Linux only: elsewhere .NET does not bring it,
/// and to search for a DLL by name would be to run whichever one is found.
/// </summary>
internal static class OpenSslLibrary
{
    /// <summary>The name for DllImport.</summary>
    internal const string Name = "libcrypto.so.3";

    private static readonly IntPtr s_handle = Load();

    /// <summary>Whether the library is there and has a function: an older one under this name would lack what came later.</summary>
    internal static bool Has(string function) => s_handle != IntPtr.Zero && NativeLibrary.TryGetExport(s_handle, function, out _);

    private static IntPtr Load() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Name, typeof(OpenSslLibrary).Assembly, DllImportSearchPath.SafeDirectories, out IntPtr handle)
            ? handle
            : IntPtr.Zero;
}
