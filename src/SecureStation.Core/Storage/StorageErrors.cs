using System.Security;

namespace SecureStation.Core.Storage;

/// <summary>Turns what the file system throws into the one exception family.</summary>
internal static class StorageErrors
{
    public static bool IsStorageError(Exception e) =>
        e is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException;

    public static StationException Failed(string path, Exception inner) =>
        new(StationFault.StorageFailed, $"'{path}' could not be read or written: {inner.Message}", inner);

    /// <summary>Runs file work on a path under the mapping.</summary>
    public static T Map<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsStorageError(e))
        {
            throw Failed(path, e);
        }
    }

    /// <inheritdoc cref="Map{T}"/>
    public static void Map(string path, Action work) => Map(path, () =>
    {
        work();
        return true;
    });
}
