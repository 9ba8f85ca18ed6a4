namespace SecureStation.ModuleTests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "SecureStation.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no SecureStation.slnx above '{start}'.");
    }
}
