using SecureStation.Core.Keys;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Notary.Log;

/// <summary>
/// Verifies a log entry by entry and says where it does not fit together. An entry that is wrong is counted and passed over, so that
/// one edit is one problem and not all that follow.
/// </summary>
public sealed class NotaryLogVerifier
{
    private const int MaxProblems = 1000;
    private const int MaxGaps = 100_000;

    private readonly NotaryLogHead? _kept;
    private readonly Fingerprint? _key;
    private readonly TimestampTrust? _trust;
    private readonly List<NotaryLogProblem> _problems = [];
    private readonly List<string> _keys = [];
    private readonly SortedSet<long> _gaps = [];
    private long _problemCount;
    private long _count;
    private long _expected = 1;
    private long _skipped;
    private string _previous = NotaryLogEntry.FirstPrevious;
    private string? _logId;
    private string? _path;
    private DateTimeOffset _lastTime = DateTimeOffset.MinValue;
    private NotaryLogHead? _last;
    private bool _keptSeen;

    /// <summary>Begins.</summary>
    /// <param name="head">A head that was kept elsewhere; null leaves the tail unchecked.</param>
    /// <param name="key">The only key that may have signed; null takes any, which shows edits by others but not a log made up whole.</param>
    /// <param name="trust">What the tokens' certificates must be; null checks tokens against the certificates inside them only.</param>
    public NotaryLogVerifier(NotaryLogHead? head = null, Fingerprint? key = null, TimestampTrust? trust = null)
    {
        _kept = head;
        _key = key;
        _trust = trust;
    }

    /// <summary>Takes the next entry.</summary>
    public void Add(NotaryLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _count++;
        _path ??= entry.Path;
        if (entry.Head is not { } head)
        {
            Report(NotaryLogProblemKind.Malformed, entry, $"{Place(entry)}: {entry.Problem}");
            _skipped++;
            return;
        }

        if (!head.HasValidSignature())
        {
            Report(NotaryLogProblemKind.Edited, entry, $"{Place(entry)} is not what was signed.");
            _skipped++;
            return;
        }

        _logId ??= head.LogId;
        if (head.LogId != _logId)
        {
            Report(NotaryLogProblemKind.ForeignEntry, entry, $"{Place(entry)} is of another log, {head.LogId}.");
            return;
        }

        CheckKey(entry, head);
        CheckKept(entry, head);
        if (head.Sequence < _expected)
        {
            bool wasMissing = _gaps.Remove(head.Sequence);
            Report(
                wasMissing ? NotaryLogProblemKind.OutOfOrder : NotaryLogProblemKind.Repeated,
                entry,
                wasMissing ? $"{Place(entry)} stands after entry {_expected - 1}." : $"{Place(entry)} is there a second time, or in the place of another.");
            return;
        }

        // Lines that could not be read were entries where numbers are missing, and were put in where none are.
        AddGap(_expected + Math.Min(_skipped, head.Sequence - _expected), head.Sequence);
        if (head.Sequence == _expected && entry.PreviousHash != _previous)
        {
            Report(NotaryLogProblemKind.ChainBroken, entry, $"{Place(entry)} does not follow from the entry before it, which was replaced.");
        }

        CheckToken(entry);
        _expected = head.Sequence + 1;
        _skipped = 0;
        _previous = head.Hash;
        _last = head;
    }

    /// <summary>Takes all entries.</summary>
    public NotaryLogVerifier AddAll(IEnumerable<NotaryLogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (NotaryLogEntry entry in entries)
        {
            Add(entry);
        }

        return this;
    }

    /// <summary>Says what was found.</summary>
    public NotaryLogReport Finish()
    {
        foreach ((long first, long last) in Ranges(_gaps))
        {
            Report(NotaryLogProblemKind.Missing, first, 0, first == last ? $"Entry {first} is missing." : $"Entries {first} to {last} are missing.");
        }

        NotaryLogTail tail = CheckTail();
        return new NotaryLogReport(_logId ?? _kept?.LogId ?? string.Empty, _path, _count, tail, _last, _keys, _problems, _problemCount);
    }

    private NotaryLogTail CheckTail()
    {
        if (_kept is null)
        {
            return NotaryLogTail.NotCheckable;
        }

        if (!_kept.HasValidSignature() || (_key is not null && !_kept.PublicKey.Fingerprint.Equals(_key)))
        {
            Report(NotaryLogProblemKind.HeadMismatch, _kept.Sequence, 0, "The head that was kept does not hold: its signature is wrong, or by another key than was named.");
            return NotaryLogTail.Cut;
        }

        if (_logId is not null && _logId != _kept.LogId)
        {
            Report(NotaryLogProblemKind.HeadMismatch, _kept.Sequence, 0, $"The head that was kept is of another log, {_kept.LogId}.");
            return NotaryLogTail.Cut;
        }

        if (_keptSeen)
        {
            return NotaryLogTail.Reached;
        }

        long end = _expected + _skipped;
        if (end <= _kept.Sequence)
        {
            Report(NotaryLogProblemKind.Cut, end, 0, $"The log ends at entry {end - 1}; the head that was kept is of entry {_kept.Sequence}: entries {end} to {_kept.Sequence} were cut off.");
        }
        else if (_problemCount == 0)
        {
            Report(NotaryLogProblemKind.HeadMismatch, _kept.Sequence, 0, $"Entry {_kept.Sequence} is not the one of the head that was kept.");
        }

        return NotaryLogTail.Cut;
    }

    private void CheckKey(NotaryLogEntry entry, NotaryLogHead head)
    {
        if (!_keys.Contains(head.Fingerprint))
        {
            _keys.Add(head.Fingerprint);
        }

        if (_key is not null && !head.PublicKey.Fingerprint.Equals(_key))
        {
            Report(NotaryLogProblemKind.WrongKey, entry, $"{Place(entry)} is signed by {head.Fingerprint}, not by {_key}.");
        }
    }

    private void CheckKept(NotaryLogEntry entry, NotaryLogHead head)
    {
        if (_kept is null || head.Sequence != _kept.Sequence || head.LogId != _kept.LogId)
        {
            return;
        }

        if (head.HashBytes.SequenceEqual(_kept.HashBytes))
        {
            _keptSeen = true;
        }
        else
        {
            Report(NotaryLogProblemKind.HeadMismatch, entry, $"{Place(entry)} is not the one of the head that was kept: the log was rewritten.");
        }
    }

    private void CheckToken(NotaryLogEntry entry)
    {
        if (entry.Token is not { } token)
        {
            Report(NotaryLogProblemKind.TokenInvalid, entry, $"{Place(entry)} has a token that cannot be read.");
            return;
        }

        if (token.Time < _lastTime)
        {
            Report(NotaryLogProblemKind.TimeBackwards, entry, $"{Place(entry)} has a token that is earlier than the one before it.");
        }

        _lastTime = token.Time;
        if (_trust is not null)
        {
            if (TimestampVerifier.Verify(token, token.Hash.Span, _trust).Error is { } error)
            {
                Report(NotaryLogProblemKind.TokenInvalid, entry, $"{Place(entry)} has a token that does not hold: {error.Message}");
            }
        }
        else if (token.FindSigner([]) is { } signer && !token.VerifySignature(signer))
        {
            Report(NotaryLogProblemKind.TokenInvalid, entry, $"{Place(entry)} has a token whose signature is wrong.");
        }
    }

    private void AddGap(long first, long end)
    {
        for (long sequence = first; sequence < end && _gaps.Count < MaxGaps; sequence++)
        {
            _gaps.Add(sequence);
        }
    }

    private static IEnumerable<(long First, long Last)> Ranges(SortedSet<long> numbers)
    {
        long? first = null;
        long last = 0;
        foreach (long number in numbers)
        {
            if (first is { } begun && number != last + 1)
            {
                yield return (begun, last);
                first = null;
            }

            first ??= number;
            last = number;
        }

        if (first is { } open)
        {
            yield return (open, last);
        }
    }

    private void Report(NotaryLogProblemKind kind, NotaryLogEntry entry, string message) => Report(kind, entry.Sequence, entry.Line, message);

    private void Report(NotaryLogProblemKind kind, long sequence, long line, string message)
    {
        _problemCount++;
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(new NotaryLogProblem(kind, sequence, line, message));
        }
    }

    private static string Place(NotaryLogEntry entry) => entry.Sequence > 0 ? $"Entry {entry.Sequence} (line {entry.Line})" : $"Line {entry.Line}";
}
