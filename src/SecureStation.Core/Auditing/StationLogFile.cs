using SecureStation.Core.Storage;

namespace SecureStation.Core.Auditing;

/// <summary>Reads the lines of a station log, one after another and not into memory at once.</summary>
public static class StationLogFile
{
    /// <summary>Reads a log, also while it is written. A last line without its end is an entry that says so.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>, while enumerating.</exception>
    public static IEnumerable<StationLogEntry> Read(string path) =>
        LineFile.Read(path, StationLogEntry.MaxLine, StationSubject.File).Select(static line => line.Flaw switch
        {
            FileLineFlaw.TooLong => StationLogEntry.Malformed(line.Number, "The line is longer than an entry can be."),
            FileLineFlaw.Torn => StationLogEntry.Malformed(line.Number, "The last line is torn: its end is missing."),
            _ => StationLogEntry.Parse(line.Bytes.Span, line.Number),
        });
}
