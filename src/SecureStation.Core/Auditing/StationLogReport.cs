namespace SecureStation.Core.Auditing;

/// <summary>Whether the lines of a station log follow from one another.</summary>
public sealed class StationLogReport
{
    internal StationLogReport(string path, IReadOnlyList<StationLogProblem> problems, long problemCount) =>
        (Path, Problems, ProblemCount) = (path, problems, problemCount);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// Whether nothing is wrong: no line was changed, put in, taken out or moved, as far as the end of the file. That lines at the end are missing can be seen
    /// only by a <see cref="LastHash"/> kept elsewhere; whoever can write the file can also make a whole new one.
    /// </summary>
    public bool IsValid => ProblemCount == 0;

    /// <summary>Entries in it.</summary>
    public long EntryCount { get; internal init; }

    /// <summary>The time of the first entry.</summary>
    public DateTimeOffset? Begin { get; internal init; }

    /// <summary>The time of the last entry.</summary>
    public DateTimeOffset? End { get; internal init; }

    /// <summary>The hash of the last entry: kept elsewhere, it shows later that what came before is still there. Null for an empty log.</summary>
    public string? LastHash { get; internal init; }

    /// <summary>Events that could not be written when they happened.</summary>
    public long Lost { get; internal init; }

    /// <summary>What is wrong, the first 1,000.</summary>
    public IReadOnlyList<StationLogProblem> Problems { get; }

    /// <summary>How many things are wrong.</summary>
    public long ProblemCount { get; }

    /// <inheritdoc/>
    public override string ToString() => IsValid ? $"{EntryCount} entries" : Problems[0].ToString();
}
