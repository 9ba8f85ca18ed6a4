namespace SecureStation.Loader;

/// <summary>
/// Another build or copy of SecureStation is loaded in this process. Assemblies cannot be unloaded, so only a new process can load this one.
/// </summary>
public sealed class ModuleAlreadyLoadedException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="loaded">The file that is loaded.</param>
    /// <param name="wanted">The file that was to be loaded.</param>
    public ModuleAlreadyLoadedException(string loaded, string wanted)
        : base($"Another build or copy of SecureStation is loaded in this process ('{loaded}'), so '{wanted}' cannot be. Start a new PowerShell session and import the module there.")
    {
        Loaded = loaded;
        Wanted = wanted;
    }

    /// <summary>The file that is loaded.</summary>
    public string Loaded { get; }

    /// <summary>The file that was to be loaded.</summary>
    public string Wanted { get; }
}
