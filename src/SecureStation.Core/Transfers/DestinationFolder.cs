using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The folder that received files go into, and nowhere else. A name from the wire becomes a path below it, component by component; folders on the way
/// are made, and one that is a link or another reparse point is refused: it could lead anywhere.
/// </summary>
internal sealed class DestinationFolder(string root)
{
    /// <summary>Its full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The path of a name; the folders above it are there then.</summary>
    /// <param name="parts">The name.</param>
    /// <param name="making">Called before each folder that is made; what it throws keeps it from being made.</param>
    /// <exception cref="StationException"><see cref="StationFault.UnsafeName"/>; <see cref="StationFault.AlreadyExists"/>: a file where a folder is to be; <see cref="StationFault.StorageFailed"/>.</exception>
    public string Prepare(IReadOnlyList<string> parts, Action making)
    {
        string[] safe = [.. parts.Select(SafeFileName.Of)];
        string path = Root;
        foreach (string folder in safe[..^1])
        {
            path = Enter(path, folder, making);
        }

        return Path.Combine(path, safe[^1]);
    }

    /// <summary>Makes an empty folder, or finds it there.</summary>
    /// <inheritdoc cref="Prepare"/>
    public string MakeFolder(IReadOnlyList<string> parts, Action making)
    {
        string path = Root;
        foreach (string folder in parts.Select(SafeFileName.Of).ToArray())
        {
            path = Enter(path, folder, making);
        }

        return path;
    }

    /// <summary>What is at a path, a link not followed; null where there is nothing.</summary>
    public static FileSystemInfo? Look(string path)
    {
        // Both look at the link and not behind it; a file that is not there has the attributes -1.
        var file = new FileInfo(path);
        return (int)file.Attributes == -1 ? null
            : file.Attributes.HasFlag(FileAttributes.Directory) ? new DirectoryInfo(path)
            : file;
    }

    /// <summary>Whether it is a link, or another reparse point.</summary>
    public static bool IsLink(FileSystemInfo item) => item.Attributes.HasFlag(FileAttributes.ReparsePoint) || item.LinkTarget is not null;

    private static string Enter(string parent, string name, Action making)
    {
        string path = Path.Combine(parent, name);
        return StorageErrors.Map(path, () =>
        {
            if (Look(path) is not { } found)
            {
                making();
                Directory.CreateDirectory(path);
                return path;
            }

            return IsLink(found) ? throw new StationException(StationFault.UnsafeName, $"'{name}' is a link here: what is behind it is not written to.")
                : found is DirectoryInfo ? path
                : throw new StationException(StationFault.AlreadyExists, $"'{name}' is a file here, not a folder.");
        });
    }
}
