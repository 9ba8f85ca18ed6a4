using System.Buffers.Binary;
using SecureStation.Core.Storage;

namespace SecureStation.Core.State;

/// <summary>
/// What SQLite writes beside a state: the log. It would write over whatever lies there, or delete it, so only a log is let through. What SQLite could
/// have left of other ways of working (a rollback journal) is none of a state's.
/// </summary>
internal static class StateNeighbours
{
    // https://sqlite.org/fileformat2.html#walformat: the lowest bit says the byte order of its checksums.
    private const uint LogMagic = 0x377F0682;

    /// <summary>Refuses a state that is not alone with its log.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>.</exception>
    public static void Require(string state, bool isNew)
    {
        foreach (string neighbour in new[] { LogOf(state), state + "-journal" })
        {
            if (IsThere(neighbour) && (isNew || neighbour != LogOf(state) || !IsLog(neighbour)))
            {
                throw StateErrors.Failed(state, $"cannot lie beside '{neighbour}', which is not its own and would be written over: move one of them.");
            }
        }
    }

    /// <summary>Deletes the log, if it is one.</summary>
    public static void Delete(string state)
    {
        if (IsThere(LogOf(state)) && IsLog(LogOf(state)))
        {
            File.Delete(LogOf(state));
        }
    }

    /// <summary>Whether there is a log with something in it.</summary>
    public static bool HasLog(string state) => new FileInfo(LogOf(state)) is { Exists: true, Length: > 0 };

    public static string LogOf(string state) => state + "-wal";

    private static bool IsThere(string path) => new FileInfo(path) is var file && (file.Exists || file.LinkTarget is not null || Directory.Exists(path));

    // An empty one is what a process leaves that was killed as it began one.
    private static bool IsLog(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            return false;
        }

        try
        {
            Span<byte> magic = stackalloc byte[sizeof(uint)];
            using FileStream file = RegularFile.OpenRead(path);
            int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            return read == 0 || (read == magic.Length && (BinaryPrimitives.ReadUInt32BigEndian(magic) & ~1u) == LogMagic);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            return false;
        }
    }
}
