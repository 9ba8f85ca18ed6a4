namespace SecureStation.Core.Notary.Log;

/// <summary>Whether a log fits together.</summary>
public sealed class NotaryLogReport
{
    internal NotaryLogReport(string logId, string? path, long entryCount, NotaryLogTail tail, NotaryLogHead? head, IReadOnlyList<string> keys, IReadOnlyList<NotaryLogProblem> problems, long problemCount)
    {
        LogId = logId;
        Path = path;
        EntryCount = entryCount;
        Tail = tail;
        Head = head;
        Keys = keys;
        Problems = problems;
        ProblemCount = problemCount;
    }

    /// <summary>Whether nothing is wrong. See <see cref="Tail"/> for what cannot be known.</summary>
    public bool IsValid => ProblemCount == 0;

    /// <summary>The log's id.</summary>
    public string LogId { get; }

    /// <summary>The file, where it was read from one.</summary>
    public string? Path { get; }

    /// <summary>Entries that were looked at.</summary>
    public long EntryCount { get; }

    /// <summary>Whether the end is known to be there.</summary>
    public NotaryLogTail Tail { get; }

    /// <summary>The last entry's head: keep it elsewhere. Null where there is no entry.</summary>
    public NotaryLogHead? Head { get; }

    /// <summary>The fingerprints of the keys that signed, in the order of their first entries.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>What is wrong, the first 1,000.</summary>
    public IReadOnlyList<NotaryLogProblem> Problems { get; }

    /// <summary>How many things are wrong.</summary>
    public long ProblemCount { get; }

    /// <inheritdoc/>
    public override string ToString() => IsValid ? $"{EntryCount} entries, tail {Tail}" : Problems[0].Message;
}
