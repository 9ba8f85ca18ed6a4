namespace SecureStation.Core.Auditing;

/// <summary>Follows a station log from its first line: each names the hash of the one before.</summary>
public static class StationLogVerifier
{
    private const int MaxProblems = 1000;

    /// <summary>Reads the whole log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="knownHash">The hash of an entry that must be in it: the last one when somebody looked. Null: none is known.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.StorageFailed"/>.</exception>
    public static StationLogReport Verify(string path, string? knownHash = null, CancellationToken cancellationToken = default)
    {
        List<StationLogProblem> problems = [];
        long problemCount = 0;
        long entries = 0;
        long lost = 0;
        bool isKnownFound = knownHash is null;
        StationLogEntry? first = null;
        StationLogEntry? last = null;
        foreach (StationLogEntry entry in StationLogFile.Read(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Flaw(entry, last) is { } flaw)
            {
                problemCount++;
                if (problems.Count < MaxProblems)
                {
                    problems.Add(new StationLogProblem(entry.Line, flaw));
                }
            }

            if (entry.Problem is null)
            {
                entries++;
                lost += entry.Event?.Kind == AuditEventKind.Lost ? entry.Count : 0;
                first ??= entry;
                last = entry;
                isKnownFound |= string.Equals(entry.Hash, knownHash, StringComparison.OrdinalIgnoreCase);
            }
        }

        if (!isKnownFound)
        {
            problemCount++;
            problems.Add(new StationLogProblem(0, "The entry whose hash was kept is not in the log: it was cut, or is another one."));
        }

        return new StationLogReport(path, problems, problemCount)
        {
            EntryCount = entries,
            Begin = first?.Time,
            End = last?.Time,
            LastHash = last?.Hash,
            Lost = lost,
        };
    }

    private static string? Flaw(StationLogEntry entry, StationLogEntry? before) =>
        entry.Problem is { } problem ? problem
        : entry.Previous != (before?.Hash ?? StationLogEntry.FirstPrevious)
            ? before is null ? "It is not the first line of a log: what came before it is missing." : "It does not follow from the line before: a line was changed, put in or taken out here."
        : entry.Sequence != (before?.Sequence ?? 0) + 1 ? "Its number is not the next one."
        : null;
}
