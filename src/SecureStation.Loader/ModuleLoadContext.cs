using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace SecureStation.Loader;

/// <summary>
/// The private context of SecureStation's assemblies, so that another module's BouncyCastle and ours never meet.
/// </summary>
internal sealed class ModuleLoadContext : AssemblyLoadContext
{
    private readonly HashSet<string> _platform;

    public ModuleLoadContext(string directory)
        : base("SecureStation", isCollectible: false)
    {
        Directory = Path.GetFullPath(directory);
        _platform = PlatformAssemblies();
    }

    /// <summary>The folder that the module's assemblies come from.</summary>
    public string Directory { get; }

    // Null means: ask the default context. PowerShell's own assemblies must come from there, or their types would not be PowerShell's.
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string? name = assemblyName.Name;
        if (name is null || _platform.Contains(name) || name == typeof(ModuleLoadContext).Assembly.GetName().Name)
        {
            return null;
        }

        string file = Path.Combine(Directory, name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }

    /// <summary>A native library that the module brings: under runtimes, by the machine that this is.</summary>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl" : "linux";
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string name = OperatingSystem.IsWindows() ? $"{unmanagedDllName}.dll" : OperatingSystem.IsMacOS() ? $"lib{unmanagedDllName}.dylib" : $"lib{unmanagedDllName}.so";
        string file = Path.Combine(Directory, "runtimes", $"{system}-{architecture}", "native", name);
        return unmanagedDllName == Path.GetFileName(unmanagedDllName) && File.Exists(file) ? LoadUnmanagedDllFromPath(file) : 0;
    }

    private static HashSet<string> PlatformAssemblies()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list)
        {
            foreach (string path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                names.Add(Path.GetFileNameWithoutExtension(path));
            }
        }

        return names;
    }
}
