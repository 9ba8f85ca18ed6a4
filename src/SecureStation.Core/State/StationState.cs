using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;

namespace SecureStation.Core.State;

/// <summary>
/// A file that keeps sessions over the end of their process: SQLite, write-ahead log, synced at each commit. One process at a time. What its sessions
/// have to write meanwhile goes into one commit.
/// </summary>
public sealed class StationState : IDisposable
{
    private int _isDisposed;

    private StationState(OpenState shared) => Shared = shared;

    /// <summary>The file.</summary>
    public string Path => Shared.Path;

    /// <summary>The open file, which all states of this process with its path share.</summary>
    internal OpenState Shared { get; }

    /// <summary>Opens a state, or makes one.</summary>
    /// <param name="path">The file, on a local disk.</param>
    /// <param name="station">Whose it is.</param>
    /// <param name="passphrase">What bodies and headers are encrypted with; empty for none.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.StateFailed"/>: in use, damaged, of another station or a newer version, or not to be written;
    /// <see cref="StationFault.WrongPassphrase"/>.
    /// </exception>
    public static StationState Open(string path, Fingerprint station, ReadOnlySpan<char> passphrase = default)
    {
        ArgumentNullException.ThrowIfNull(station);
        return new StationState(OpenState.Open(path, station, passphrase));
    }

    /// <summary>What waits in a state, without using it.</summary>
    /// <inheritdoc cref="Open(string, Fingerprint, ReadOnlySpan{char})"/>
    public static IReadOnlyList<StateSession> List(string path)
    {
        path = StateDatabase.Resolve(path);
        StateDatabase.RequireFile(path);
        try
        {
            using SqliteConnection connection = StateDatabase.Connect(path);
            using var tables = new StateTables(connection, cipher: null);
            return [.. tables.List().Select(static stored => new StateSession
            {
                Id = stored.Id,
                Role = stored.Role,
                Address = stored.Address,
                Peer = stored.Peer.Fingerprint,
                Begun = stored.Begun,
                Status = stored.Over ?? "Waiting",
                Undelivered = stored.Undelivered,
                Unread = stored.Unread,
            })];
        }
        catch (Exception e)
        {
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>Forgets a state: the file and what lies beside it. One that is damaged too; not one that is in use.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: it is in use, or is no state.</exception>
    public static void Clear(string path)
    {
        path = StateDatabase.Resolve(path);
        StateDatabase.RequireFile(path);
        try
        {
            using SqliteConnection connection = StateDatabase.Connect(path);
        }
        catch (StationException e) when (e.IsDamage())
        {
            // That is what it is cleared for.
        }

        try
        {
            StateNeighbours.Delete(path);
            new HolderFile(path).Delete();
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>
    /// Waits until what there is is written, 30 s at most, so that the process may end; and closes the file, where nothing else in this process uses it.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Shared.Dispose();
        }
    }
}
