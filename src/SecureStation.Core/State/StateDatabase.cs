using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.State;

/// <summary>The file of a state as SQLite has it: how it is found, opened and checked.</summary>
internal static class StateDatabase
{
    private const int HeaderLength = 100;
    private const int ApplicationIdAt = 68;

    /// <summary>The full path. SQLite names what lies beside a state after the file that a link leads to.</summary>
    public static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return full;
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StateErrors.Failed(full, $"cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Opens it for this process alone.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: it is in use, damaged, of a newer version, or no state.</exception>
    public static SqliteConnection Connect(string path)
    {
        RequireLocal(path);
        RequireState(path);
        StateNeighbours.Require(path, isNew: false);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; BEGIN IMMEDIATE; COMMIT;");
            RequireVersion(path, connection);
            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw StateErrors.From(path, e);
        }
    }

    /// <summary>Looks at the file before SQLite does, which would change what is none of ours, and finds pages that are missing only when it reads them.</summary>
    private static void RequireState(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using FileStream file = OpenFileAlone(path);
        int read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        RequireOurs(path, header[..read]);
        if (read < header.Length || (file.Length < LengthOf(header) && !StateNeighbours.HasLog(path)))
        {
            // Where there is a log the file may lag behind its own header.
            throw StateErrors.Damaged(path, "was cut off.");
        }
    }

    // What is cut off, or damaged beyond its header, is still ours.
    private static void RequireOurs(string path, ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> magic = "SQLite format 3\0"u8;
        ReadOnlySpan<byte> start = header[..Math.Min(header.Length, magic.Length)];
        if (!magic.StartsWith(start) || (header.Length == HeaderLength && BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) != NewState.ApplicationId))
        {
            throw StateErrors.Failed(path, "is no state. It is left as it is; delete it yourself if it is to go.");
        }
    }

    // https://sqlite.org/fileformat2.html#the_database_header
    private static long LengthOf(ReadOnlySpan<byte> header)
    {
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        return (pageSize == 1 ? 65536L : pageSize) * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
    }

    // A pipe would make whoever opens it wait for ever, SQLite too.
    private static FileStream OpenFileAlone(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StateErrors.Failed(path, $"cannot be opened: {e.Message}", e);
        }
    }

    private static void RequireVersion(string path, SqliteConnection connection)
    {
        long version = Convert.ToInt64(Read(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version != StateTables.Version)
        {
            throw version > StateTables.Version
                ? StateErrors.Failed(path, $"is of a newer version ({version}) than this one reads ({StateTables.Version}). It is left as it is.")
                : StateErrors.Damaged(path, "is damaged.");
        }

        if (Read(connection, "PRAGMA quick_check") as string != "ok")
        {
            throw StateErrors.Damaged(path, "is damaged.");
        }
    }

    /// <summary>Whose it is, and what its bodies are encrypted with; null for nothing.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.StateFailed"/>: it is another station's; <see cref="StationFault.WrongPassphrase"/>; <see cref="StationFault.InvalidArgument"/>: it has none.
    /// </exception>
    public static StateCipher? Check(string path, SqliteConnection connection, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        string owner = ReadMeta(connection, "station") is { } bytes ? Encoding.UTF8.GetString(bytes) : string.Empty;
        if (owner != station.ToString())
        {
            throw StateErrors.Failed(path, $"is that of another station, {ForeignText.Show(owner)}. This one is {station}.");
        }

        byte[]? salt = ReadMeta(connection, "salt");
        if (salt is null)
        {
            return passphrase.IsEmpty ? null : throw StateErrors.HasNoPassphrase(path);
        }

        if (passphrase.IsEmpty)
        {
            throw StateErrors.WrongPassphrase(path, isGiven: false);
        }

        var cipher = new StateCipher(passphrase, salt);
        try
        {
            cipher.Open(ReadMeta(connection, "check"), NewState.CheckPlace);
            return cipher;
        }
        catch (CryptographicException e)
        {
            cipher.Dispose();
            throw StateErrors.WrongPassphrase(path, isGiven: true, e);
        }
    }

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: there is none.</exception>
    public static void RequireFile(string path)
    {
        if (!Path.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"There is no state '{path}'.");
        }
    }

    /// <summary>SQLite's locks and syncs do not hold on network file systems.</summary>
    public static void RequireLocal(string path)
    {
        DriveInfo? drive = DriveInfo.GetDrives()
            .Where(drive => path.StartsWith(Path.TrimEndingDirectorySeparator(drive.Name) + (drive.Name.Length > 1 ? Path.DirectorySeparatorChar : string.Empty), StringComparison.Ordinal))
            .MaxBy(static drive => drive.Name.Length);
        if (drive is { DriveType: DriveType.Network })
        {
            throw StateErrors.Failed(path, $"lies on a network file system ({drive.Name}); a state needs a local disk.");
        }
    }

    private static byte[]? ReadMeta(SqliteConnection connection, string key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE key = $0";
        command.Parameters.AddWithValue("$0", key);
        return command.ExecuteScalar() as byte[];
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
