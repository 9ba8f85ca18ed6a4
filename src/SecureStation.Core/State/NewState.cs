using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;
using SQLitePCL;

namespace SecureStation.Core.State;

/// <summary>
/// The first bytes of a state file. They are made in memory and get their name when they are on the disk: whoever is killed meanwhile leaves no half of a state.
/// </summary>
internal static class NewState
{
    /// <summary>SQLite's application id, "SSst": what is no state is not taken for one, whatever database it is.</summary>
    public const int ApplicationId = 0x53537374;

    /// <summary>What <see cref="StateCipher"/> binds the check of a passphrase to.</summary>
    public const string CheckPlace = "meta|check";

    // https://sqlite.org/fileformat2.html#file_format_version_numbers: 2 is a write-ahead log.
    private const int WriteVersionAt = 18;
    private const int ReadVersionAt = 19;
    private const byte WriteAheadLog = 2;

    /// <summary>Makes the file, mode 0600. Where another process was quicker, its file stays.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/>: the folder is not there or takes no file.</exception>
    public static void Make(string path, Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        byte[] file = Lay(station, passphrase);
        try
        {
            AtomicFile.TryWrite(path, file, isPrivate: true, overwrite: false);
        }
        catch (StationException e)
        {
            throw StateErrors.Failed(path, $"cannot be made: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private static byte[] Lay(Fingerprint station, ReadOnlySpan<char> passphrase)
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        using (SqliteCommand command = connection.CreateCommand())
        {
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{StateTables.Schema} PRAGMA user_version = {StateTables.Version}; PRAGMA application_id = {ApplicationId};");
            command.ExecuteNonQuery();
        }

        Write(connection, "station", Encoding.UTF8.GetBytes(station.ToString()));
        if (!passphrase.IsEmpty)
        {
            byte[] salt = RandomNumberGenerator.GetBytes(StateCipher.SaltLength);
            using var cipher = new StateCipher(passphrase, salt);
            Write(connection, "salt", salt);
            Write(connection, "check", cipher.Seal("SecureStation"u8, CheckPlace));
        }

        IntPtr bytes = raw.sqlite3_serialize(connection.Handle!, "main", out long length, 0);
        byte[] file = new byte[length];
        Marshal.Copy(bytes, file, 0, file.Length);
        raw.sqlite3_free(bytes);
        file[WriteVersionAt] = file[ReadVersionAt] = WriteAheadLog;
        return file;
    }

    private static void Write(SqliteConnection connection, string key, byte[] value)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT INTO meta VALUES($0, $1)";
        command.Parameters.AddWithValue("$0", key);
        command.Parameters.AddWithValue("$1", value);
        command.ExecuteNonQuery();
    }
}
