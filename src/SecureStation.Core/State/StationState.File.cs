using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.State;

// How the file is opened, begun and checked.
public sealed partial class StationState
{
    private static StationState OpenFile(string path, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        bool isNew = !File.Exists(path);
        SqliteConnection connection = Connect(path, isNew);
        StateCipher? cipher = null;
        try
        {
            File.WriteAllText(StateErrors.HolderFile(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            cipher = isNew ? Begin(connection, station, passphrase) : Check(path, connection, station, passphrase);
            return new StationState(path, station, connection, cipher);
        }
        catch (Exception e)
        {
            cipher?.Dispose();
            connection.Dispose();
            if (isNew)
            {
                File.Delete(path);
            }

            throw e is SqliteException or IOException ? StateErrors.From(path, e) : e;
        }
    }

    private static SqliteConnection Connect(string path, bool isNew)
    {
        RequireLocal(path);
        if (isNew)
        {
            // Before SQLite does, so that nobody else can read it; what it makes beside it is as this is.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream made = new(path, options);
        }
        else if (IsCutOff(path))
        {
            throw StateErrors.Failed(path, "was cut off, or its making was. It is left as it is. To begin anew: Clear-StationState.").Damaged();
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; BEGIN IMMEDIATE; COMMIT;");
            if (!isNew)
            {
                RequireVersion(path, connection);
            }

            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            throw e is SqliteException ? StateErrors.From(path, e) : e;
        }
    }

    // Pages that are missing at the end SQLite finds only when it reads them. Where there is a log the file may lag behind its own header.
    private static bool IsCutOff(string path)
    {
        Span<byte> header = stackalloc byte[32];
        using FileStream file = OpenFileAlone(path);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return true;
        }

        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        long whole = (pageSize == 1 ? 65536L : pageSize) * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        var log = new FileInfo(path + "-wal");
        return header.StartsWith("SQLite format 3\0"u8) && file.Length < whole && log is not { Exists: true, Length: > 0 };
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
            throw StateErrors.From(path, e);
        }
    }

    // What is cleared may be damaged, but somebody's letter is no damaged state.
    private static void RequireBeginning(string path)
    {
        ReadOnlySpan<byte> magic = "SQLite format 3\0"u8;
        Span<byte> start = stackalloc byte[magic.Length];
        using FileStream file = OpenFileAlone(path);
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!start[..read].SequenceEqual(magic[..read]))
        {
            throw StateErrors.Failed(path, "is no state; it is left as it is. Delete it yourself if it is to go.");
        }
    }

    private static void RequireVersion(string path, SqliteConnection connection)
    {
        long version = Convert.ToInt64(Read(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version != StateTables.Version)
        {
            throw version > StateTables.Version
                ? StateErrors.Failed(path, $"is of a newer version ({version}) than this one reads ({StateTables.Version}). It is left as it is.")
                : StateErrors.Failed(path, "is damaged, or no state: it is left as it is. To begin anew: Clear-StationState.").Damaged();
        }

        if (Read(connection, "PRAGMA quick_check") as string != "ok")
        {
            throw StateErrors.Failed(path, "is damaged: it is left as it is. To begin anew: Clear-StationState.").Damaged();
        }
    }

    private static StateCipher? Begin(SqliteConnection connection, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        StateCipher? cipher = null;
        Execute(connection, $"BEGIN; {StateTables.Schema} PRAGMA user_version = {StateTables.Version};");
        WriteMeta(connection, "station", Encoding.UTF8.GetBytes(station.ToString()));
        if (!passphrase.IsEmpty)
        {
            byte[] salt = RandomNumberGenerator.GetBytes(StateCipher.SaltLength);
            cipher = new StateCipher(passphrase, salt);
            WriteMeta(connection, "salt", salt);
            WriteMeta(connection, "check", cipher.Seal("SecureStation"u8, CheckPlace));
        }

        Execute(connection, "COMMIT;");
        return cipher;
    }

    private static StateCipher? Check(string path, SqliteConnection connection, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        string owner = ReadMeta(connection, "station") is { } bytes ? Encoding.UTF8.GetString(bytes) : string.Empty;
        if (owner != station.ToString())
        {
            throw StateErrors.Failed(path, $"is that of another station, {ForeignText.Show(owner)}. This one is {station}.");
        }

        byte[]? salt = ReadMeta(connection, "salt");
        if (salt is null)
        {
            return passphrase.IsEmpty ? null : throw new StationException(StationFault.InvalidArgument, $"The state '{path}' was made without a passphrase: leave it out, or begin another.");
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, $"The state '{path}' needs its passphrase.");
        }

        var cipher = new StateCipher(passphrase, salt);
        try
        {
            cipher.Open(ReadMeta(connection, "check"), CheckPlace);
            return cipher;
        }
        catch (CryptographicException e)
        {
            cipher.Dispose();
            throw new StationException(StationFault.WrongPassphrase, $"The passphrase is not that of the state '{path}'.", e);
        }
    }

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"There is no state '{path}'.");
        }
    }

    // SQLite's locks and syncs do not hold on network file systems.
    private static void RequireLocal(string path)
    {
        DriveInfo? drive = DriveInfo.GetDrives()
            .Where(drive => path.StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(static drive => drive.Name.Length);
        if (drive is { DriveType: DriveType.Network })
        {
            throw StateErrors.Failed(path, $"lies on a network file system ({drive.Name}); a state needs a local disk.");
        }
    }

    private static void WriteMeta(SqliteConnection connection, string key, byte[] value)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT INTO meta VALUES($0, $1)";
        command.Parameters.AddWithValue("$0", key);
        command.Parameters.AddWithValue("$1", value);
        command.ExecuteNonQuery();
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
