using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace SecureStation.Loader;

/// <summary>
/// What SecureStation.psm1 calls: gives it the module's assembly out of the one private load context of the process.
/// This assembly itself lies in the default context, so every import of the process, in any runspace, meets the same <see cref="ModuleLoader"/>.
/// </summary>
public static class ModuleLoader
{
    private const string ModuleAssembly = "SecureStation.PowerShell.dll";
    private const string OwnPrefix = "SecureStation.";
    private static readonly StringComparison s_pathComparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
    private static readonly Lock s_gate = new();
    private static ModuleLoadContext? s_context;
    private static Assembly? s_module;

    /// <summary>
    /// Loads the module from <paramref name="directory"/>, or gives the assembly that is loaded already.
    /// </summary>
    /// <param name="directory">The folder of the module's assemblies.</param>
    /// <returns>The assembly with the cmdlets.</returns>
    /// <exception cref="ModuleAlreadyLoadedException">The process has another build or copy of the module loaded; .NET cannot unload it.</exception>
    public static Assembly Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        lock (s_gate)
        {
            if (s_context is null)
            {
                ThrowUnlessSame(typeof(ModuleLoader).Assembly, directory);
                var context = new ModuleLoadContext(directory);
                s_module = context.LoadFromAssemblyPath(Path.Combine(context.Directory, ModuleAssembly));
                s_context = context;
                AssemblyLoadContext.Default.Resolving += Resolve;
                return s_module;
            }

            // A copy of the same build is refused too: PowerShell would add the same members to the types once more, and fail.
            if (!string.Equals(s_context.Directory, Path.GetFullPath(directory), s_pathComparison))
            {
                throw new ModuleAlreadyLoadedException(s_context.Directory, directory);
            }

            ThrowUnlessSame(typeof(ModuleLoader).Assembly, directory);
            foreach (Assembly loaded in s_context.Assemblies)
            {
                ThrowUnlessSame(loaded, directory);
            }

            return s_module!;
        }
    }

    // A name with its assembly, [SecureStation.Core.Keys.Fingerprint, SecureStation.Core], is looked for in the default context: PowerShell's
    // generated code writes such names (ProxyCommand, classes, mocks). Only our own assemblies are answered, never what they depend on.
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName wanted)
    {
        if (s_context is not { } own || wanted.Name is not { } name || !name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase) || name != Path.GetFileName(name))
        {
            return null;
        }

        if (!File.Exists(Path.Combine(own.Directory, name + ".dll")))
        {
            return null;
        }

        Assembly found = own.LoadFromAssemblyName(new AssemblyName(name));
        return wanted.Version is null || wanted.Version == found.GetName().Version ? found : null;
    }

    private static void ThrowUnlessSame(Assembly loaded, string directory)
    {
        string file = Path.Combine(directory, loaded.GetName().Name + ".dll");
        if (ModuleVersionId(file) != loaded.ManifestModule.ModuleVersionId)
        {
            throw new ModuleAlreadyLoadedException(loaded.Location, file);
        }
    }

    // The compiler gives every build its own module version id, which a version number does not.
    private static Guid? ModuleVersionId(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}
