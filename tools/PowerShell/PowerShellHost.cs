using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace SecureStation.PowerShell;

/// <summary>The PowerShell that tests and examples run in: the one that STATION_PWSH names, or the one that the restore brought from NuGet.</summary>
internal static class PowerShellHost
{
    /// <summary>The folder that NuGet restores packages to.</summary>
    public static string PackageRoot { get; } = Metadata("PackageRoot");

    /// <summary>The PowerShell that STATION_PWSH names (7.6 or later), or null.</summary>
    public static string? Named { get; } = Environment.GetEnvironmentVariable("STATION_PWSH") is { Length: > 0 } path ? path : null;

    /// <summary>What starts PowerShell with <paramref name="arguments"/>; end it with Kill(entireProcessTree: true).</summary>
    /// <exception cref="FileNotFoundException">There is none; the message says what to do.</exception>
    public static ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        if (Named is null)
        {
            // The tool is a program for dotnet; the pwsh that lies beside this dll runs on linux-x64 only.
            string tool = Path.Combine(Metadata("PowerShellTool"), OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");
            return File.Exists(tool)
                ? new ProcessStartInfo(DotNet, [tool, .. arguments])
                : throw new FileNotFoundException($"PowerShell is not at '{tool}'. Run dotnet restore, or name another PowerShell by STATION_PWSH.");
        }

        if (!File.Exists(Named))
        {
            throw new FileNotFoundException($"STATION_PWSH names no file: '{Named}'.");
        }

        return Named.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new ProcessStartInfo(DotNet, [Named, .. arguments])
            : new ProcessStartInfo(Named, arguments);
    }

    // The dotnet of this process: the runtime lies in dotnet's shared/Microsoft.NETCore.App/<version>.
    private static string DotNet => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static string Metadata(string key) => typeof(PowerShellHost).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value ?? "";
}
