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

    /// <summary>The path of a file or folder in it; skips the running test where it does not exist.</summary>
    public static string Require(string relative)
    {
        string? path = Find() is { } folder ? Path.Combine(folder, relative) : null;
        Assert.SkipUnless(Path.Exists(path), $"The shared folder has no {relative} (set STATION_SHARED).");
        return path!;
    }

    /// <summary>
    /// A folder of published vectors: <c>noise</c>, <c>noise-hfs</c>, <c>wycheproof</c>, <c>cctv-mlkem</c>. STATION_VECTORS may name another folder of the
    /// same form as the shared <c>vectors</c>, or one of those in it; a kind that is not there comes from the shared folder.
    /// </summary>
    /// <param name="kind">The folder's name.</param>
    /// <param name="isWanted">Tells a file of the kind that has to be in it.</param>
    public static string RequireVectors(string kind, Func<string, bool> isWanted)
        => FindOtherVectors(kind, isWanted) ?? Require(Path.Combine("vectors", kind));

    /// <summary>The path of a file of vectors that lies in the repository, under tests/vectors; or of the one to take in its place, in the folder of STATION_VECTORS.</summary>
    public static string OwnVectorFile(string kind, string name)
        => Path.Combine(FindOtherVectors(kind, file => Path.GetFileName(file) == name) ?? Path.Combine(RepositoryRoot(), "tests", "vectors", kind), name);

    /// <summary>The path of one of Wycheproof's files, in the folder that <see cref="RequireVectors"/> finds.</summary>
    public static string RequireWycheproof(string name) => RequireVectorFile("wycheproof", name);

    /// <summary>The path of a published file, in the folder of its kind that <see cref="RequireVectors"/> finds.</summary>
    public static string RequireVectorFile(string kind, string name)
    {
        string path = Path.Combine(RequireVectors(kind, file => Path.GetFileName(file) == name), name);
        Assert.SkipUnless(File.Exists(path), $"There is no {path}.");
        return path;
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

    private static string? FindOtherVectors(string kind, Func<string, bool> isWanted)
    {
        if (Environment.GetEnvironmentVariable("STATION_VECTORS") is not { Length: > 0 } named)
        {
            return null;
        }

        Assert.True(Directory.Exists(named), $"STATION_VECTORS names '{named}', which is no folder.");
        string[] folders = [Path.Combine(named, kind), named, Path.Combine(named, "..", kind)];
        string? found = folders.FirstOrDefault(folder => Directory.Exists(folder) && Directory.GetFiles(folder).Any(isWanted));
        return found is null ? null : Path.GetFullPath(found);
    }
}
