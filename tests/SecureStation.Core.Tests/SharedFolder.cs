namespace SecureStation.Core.Tests;

/// <summary>
/// The folder of published test vectors that lies beside the repository, or where the environment variable STATION_SHARED says.
/// </summary>
public static class SharedFolder
{
    /// <summary>The folder, or null where there is none.</summary>
    public static string? Find()
    {
        string folder = Environment.GetEnvironmentVariable("STATION_SHARED") is { Length: > 0 } named ? named : Path.Combine(RepositoryRoot(), "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    /// <summary>The folder of SecureStation.slnx.</summary>
    public static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SecureStation.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("SecureStation.slnx is in no folder above the tests.");
    }
}
