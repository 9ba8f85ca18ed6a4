using Microsoft.Data.Sqlite;

namespace SecureStation.Core.State;

/// <summary>What goes wrong with a state file, as typed errors.</summary>
internal static class StateErrors
{
    // https://sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static StationException Failed(string path, string what, Exception? inner = null) => new(StationFault.StateFailed, $"The state '{path}' {what}", inner);

    public static StationException From(string path, Exception failure) => failure switch
    {
        StationException known => known,
        SqliteException { SqliteErrorCode: Busy or Locked } => Failed(path, $"is in use by {Holder(path)}.", failure),
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => Failed(path, "is damaged, or no state: it is left as it is. To begin anew: Clear-StationState.", failure),
        SqliteException { SqliteErrorCode: Full } => Failed(path, "cannot be written: the disk is full. Nothing of what was being written counts as stored.", failure),
        SqliteException { SqliteErrorCode: CannotOpen } => Failed(path, "cannot be opened.", failure),
        _ => Failed(path, $"cannot be read or written: {failure.Message}", failure),
    };

    public static string HolderFile(string path) => path + ".pid";

    private static string Holder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(HolderFile(path)), out int process) ? $"process {process}" : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
