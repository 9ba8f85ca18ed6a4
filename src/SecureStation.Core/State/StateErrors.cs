using Microsoft.Data.Sqlite;

namespace SecureStation.Core.State;

/// <summary>What goes wrong with a state file, as typed errors.</summary>
internal static class StateErrors
{
    // https://sqlite.org/rescode.html
    private const int Error = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    private const string DamageMark = "damaged";

    public static StationException Failed(string path, string what, Exception? inner = null) => new(StationFault.StateFailed, $"The state '{path}' {what}", inner);

    /// <summary>The file's own flaw, which Clear may clear away.</summary>
    public static StationException Damaged(string path, string what, Exception? inner = null)
    {
        StationException failure = Failed(path, $"{what} It is left as it is. To begin anew: Clear-StationState.", inner);
        failure.Data[DamageMark] = true;
        return failure;
    }

    /// <summary>Whether it is the file's own flaw.</summary>
    public static bool IsDamage(this StationException failure) => failure.Data.Contains(DamageMark);

    public static StationException From(string path, Exception failure) => failure switch
    {
        StationException { Fault: StationFault.StateFailed or StationFault.WrongPassphrase or StationFault.NotFound or StationFault.InvalidArgument } known => known,
        SqliteException { SqliteErrorCode: Busy or Locked } => Failed(path, $"is in use by {new HolderFile(path).Describe()}.", failure),
        SqliteException { SqliteErrorCode: Error or Corrupt or NotADatabase } => Damaged(path, "is damaged, or no state.", failure),
        SqliteException { SqliteErrorCode: Full } => Failed(path, "cannot be written: the disk is full. Nothing of what was being written counts as stored.", failure),
        SqliteException { SqliteErrorCode: CannotOpen } => Failed(path, "cannot be opened.", failure),
        SqliteException { SqliteErrorCode: ReadOnly } => Failed(path, "cannot be written: it, or its folder, is read-only.", failure),
        SqliteException or IOException or UnauthorizedAccessException => Failed(path, $"cannot be read or written: {failure.Message}", failure),

        // A value that is none, a key that is none, a tag that does not fit: what nobody writes.
        _ => Damaged(path, $"is damaged: something in it cannot be read ({failure.Message}).", failure),
    };

    public static StationException HasNoPassphrase(string path) =>
        new(StationFault.InvalidArgument, $"The state '{path}' was made without a passphrase: leave it out, or begin another.");

    public static StationException WrongPassphrase(string path, bool isGiven, Exception? inner = null) =>
        new(StationFault.WrongPassphrase, isGiven ? $"The passphrase is not that of the state '{path}'." : $"The state '{path}' needs its passphrase.", inner) { Subject = StationSubject.State };
}
