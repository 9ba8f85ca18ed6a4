using System.Reflection;
using System.Runtime.Loader;

namespace SecureStation.Core;

/// <summary>Assemblies that may be absent: found as a file beside this one, and loaded into the same context.</summary>
internal static class AssemblyBeside
{
    /// <summary>The assembly of a name, or null where its file is not there.</summary>
    public static Assembly? Load(string name)
    {
        Assembly core = typeof(AssemblyBeside).Assembly;
        string file = Path.Combine(Path.GetDirectoryName(core.Location) ?? string.Empty, name + ".dll");
        return File.Exists(file) ? AssemblyLoadContext.GetLoadContext(core)!.LoadFromAssemblyPath(file) : null;
    }
}
