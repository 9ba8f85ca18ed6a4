using System.Security.Cryptography;

namespace SecureStation.Core.Storage;

/// <summary>
/// A file that is being written beside the path it is for: it gets that name when it is whole (<see cref="Keep"/>), and is deleted otherwise.
/// </summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    /// <summary>Makes the file.</summary>
    /// <param name="path">What it is for.</param>
    /// <param name="isPrivate">Whether only its owner may read it: mode 0600 from the first open.</param>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/></exception>
    public TemporaryFile(string path, bool isPrivate)
    {
        _path = path;
        _temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}{AtomicFile.TemporarySuffix}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        Stream = StorageErrors.Map(path, () => new FileStream(_temporary, options));
    }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Refuses a path that has a file, where it is not to be replaced: before any work is done.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/></exception>
    public static void RequireFree(string path, bool overwrite)
    {
        if (!overwrite && Path.Exists(path))
        {
            throw Exists(path);
        }
    }

    /// <summary>Writes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/></exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Stream.Write(bytes);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(_path, e);
        }
    }

    /// <summary>Flushes it to the disk and gives it its name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/></exception>
    public void Keep(bool overwrite)
    {
        bool isKept = StorageErrors.Map(_path, () =>
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            return AtomicFile.TryMove(_temporary, _path, overwrite);
        });
        if (!isKept)
        {
            throw Exists(_path);
        }
    }

    /// <summary>Deletes it, unless it was kept.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        AtomicFile.TryDelete(_temporary);
    }

    private static StationException Exists(string path) => new(StationFault.AlreadyExists, $"'{path}' exists already.");
}
