using SecureStation.Core.Storage;

namespace SecureStation.Core.Notary.Log;

/// <summary>Reads the entries of a log file, one after another and not into memory at once.</summary>
public static class NotaryLogFile
{
    /// <summary>Reads a log, also while a notary writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">How many bytes of it; null for all. A last line without its end is an entry that says so.</param>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>, while enumerating.</exception>
    public static IEnumerable<NotaryLogEntry> Read(string path, long? length = null) =>
        LineFile.Read(path, NotaryLogEntry.MaxLine, StationSubject.NotaryLog, length).Select(line => line.Flaw switch
        {
            FileLineFlaw.TooLong => NotaryLogEntry.Malformed(path, line.Number, "The line is longer than an entry can be."),
            FileLineFlaw.Torn => NotaryLogEntry.Malformed(path, line.Number, "The last line is torn: its end is missing."),
            _ => NotaryLogEntry.Parse(line.Bytes.Span, path, line.Number),
        });
}
