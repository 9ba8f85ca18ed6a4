using System.Reflection;
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
