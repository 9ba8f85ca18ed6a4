using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>
/// Everything below a folder, one after the other: nothing is listed in memory but the folders on the way down. Links are passed over, wherever they
/// lead: a link to a folder above would never end, and one to elsewhere would send what nobody meant.
/// </summary>
internal static class FolderWalk
{
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    /// <summary>The files, and the folders with nothing in them.</summary>
    /// <param name="folder">Where to begin.</param>
    /// <param name="name">What it is called to the receiver.</param>
    /// <param name="failed">Told of folders that cannot be read, and of those that lie too deep.</param>
    /// <param name="passedOver">Told of links.</param>
    public static IEnumerable<(string Path, IReadOnlyList<string> Parts, bool IsFolder)> Walk(
        string folder, IReadOnlyList<string> name, Action<string, StationException> failed, Action<string> passedOver)
    {
        var levels = new Stack<Level>();
        try
        {
            Open(folder, name);
            while (levels.TryPeek(out Level? level))
            {
                if (!TryNext(level, out FileSystemInfo? item))
                {
                    levels.Pop().Items.Dispose();
                    if (level.IsEmpty && level.Parts.Count > 0)
                    {
                        yield return (level.Path, level.Parts, true);
                    }
                }
                else if (DestinationFolder.IsLink(item))
                {
                    level.IsEmpty = false;
                    passedOver(item.FullName);
                }
                else
                {
                    level.IsEmpty = false;
                    IReadOnlyList<string> parts = [.. level.Parts, item.Name];
                    if (item is DirectoryInfo)
                    {
                        Open(item.FullName, parts);
                    }
                    else
                    {
                        yield return (item.FullName, parts, false);
                    }
                }
            }
        }
        finally
        {
            foreach (Level level in levels)
            {
                level.Items.Dispose();
            }
        }

        void Open(string path, IReadOnlyList<string> parts)
        {
            try
            {
                if (parts.Count >= TransferOffer.MaxParts)
                {
                    throw new StationException(StationFault.UnsafeName, $"'{path}' lies more than {TransferOffer.MaxParts} folders deep.");
                }

                levels.Push(new Level(path, parts, StorageErrors.Map(path, () => new DirectoryInfo(path).EnumerateFileSystemInfos("*", s_all).GetEnumerator())));
            }
            catch (StationException e)
            {
                failed(path, e);
            }
        }

        bool TryNext(Level level, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FileSystemInfo? item)
        {
            try
            {
                bool hasNext = StorageErrors.Map(level.Path, level.Items.MoveNext);
                item = hasNext ? level.Items.Current : null;
                return hasNext;
            }
            catch (StationException e)
            {
                level.IsEmpty = false;
                failed(level.Path, e);
                item = null;
                return false;
            }
        }
    }

    private sealed class Level(string path, IReadOnlyList<string> parts, IEnumerator<FileSystemInfo> items)
    {
        public string Path => path;

        public IReadOnlyList<string> Parts => parts;

        public IEnumerator<FileSystemInfo> Items => items;

        public bool IsEmpty { get; set; } = true;
    }
}
