using System.IO.Enumeration;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>A recipient's box as one process sees it: what it has listed, whom it watches, what it has given back for a while.</summary>
internal sealed class FolderBox
{
    // So many names are kept of a listing; the rest is listed again.
    private const int ListAtOnce = 2048;

    private readonly FolderLayout _layout;
    private readonly MailboxOptions _options;
    private readonly ClaimWatch _watch;
    private readonly Dictionary<MailState, Queue<string>> _listed = new() { [MailState.Waiting] = [], [MailState.Dead] = [] };
    private readonly Dictionary<string, long> _resting = [];
    private long _lookedAtClaims;
    private bool _isMade;

    public FolderBox(FolderLayout layout, string box, MailboxOptions options)
    {
        _layout = layout;
        _options = options;
        _watch = new ClaimWatch(options.Time, options.LeaseDuration);
        string folder = layout.Box(box);
        Temporary = Path.Combine(folder, "tmp");
        New = Path.Combine(folder, "new");
        Current = Path.Combine(folder, "cur");
        Dead = Path.Combine(folder, "dead");
        Records = Path.Combine(folder, "records");
        Reserve = new FolderReserve(Path.Combine(folder, "reserve"), layout.FileMode);
    }

    /// <summary>Held while a letter is claimed; not while files are written.</summary>
    public Lock Gate { get; } = new();

    public string Temporary { get; }

    public string New { get; }

    public string Current { get; }

    public string Dead { get; }

    public string Records { get; }

    public FolderReserve Reserve { get; }

    public UnixFileMode FileMode => _layout.FileMode;

    public int MaxDead => _options.MaxDead;

    /// <summary>Makes the folders.</summary>
    public void Make()
    {
        if (!_isMade || !Directory.Exists(New))
        {
            foreach (string folder in (string[])[Temporary, New, Current, Dead, Records])
            {
                _layout.Make(folder);
            }

            _isMade = true;
            Reserve.Make();
            Sweep();
        }
    }

    /// <summary>Claims a letter; null where there is none.</summary>
    /// <param name="state">Of which queue.</param>
    /// <param name="claim">Its claim.</param>
    public string? TryClaim(MailState state, out ClaimName claim)
    {
        Make();
        if (TryTakeOver(state, out claim) is { } taken)
        {
            return taken;
        }

        for (int listing = 0; listing < 2; listing++)
        {
            while (_listed[state].TryDequeue(out string? name))
            {
                if (IsResting(name))
                {
                    continue;
                }

                claim = ClaimOf(state, name);
                string file = Path.Combine(Current, claim.ToString());
                if (MailFiles.TryRename(Path.Combine(state == MailState.Waiting ? New : Dead, name), file))
                {
                    return file;
                }
            }

            List(state);
        }

        return null;
    }

    /// <summary>Has this process leave a letter alone for a while: others may have the key that it lacks.</summary>
    public void Rest(string letter, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        lock (Gate)
        {
            _resting[letter] = _options.Time.GetTimestamp() + (long)(delay.TotalSeconds * _options.Time.TimestampFrequency);
        }
    }

    /// <summary>Keeps no more dead letters than allowed: the oldest go first.</summary>
    public void BoundDead()
    {
        string[] dead = [.. Names(Dead).Where(IsDead).Order(StringComparer.Ordinal)];
        foreach (string name in dead.Take(Math.Max(0, dead.Length - MaxDead)))
        {
            MailFiles.TryDelete(Path.Combine(Dead, name));
        }
    }

    // Deletes what writers left that died: Maildir's 36 hours.
    private void Sweep()
    {
        foreach (string name in Names(Temporary).Where(name => MailboxLetter.IsName(name)))
        {
            string file = Path.Combine(Temporary, name);
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > TimeSpan.FromHours(36))
            {
                MailFiles.TryDelete(file);
            }
        }
    }

    /// <summary>How much there is.</summary>
    public MailboxCounts Count()
    {
        long waiting = Names(New).LongCount(name => MailboxLetter.IsName(name));
        long dead = Names(Dead).LongCount(IsDead);
        long leased = 0;
        foreach (string name in Names(Current))
        {
            switch (ClaimName.Parse(name))
            {
                case { Reason: null }:
                    leased++;
                    break;
                case not null:
                    dead++;
                    break;
            }
        }

        return new MailboxCounts(waiting, leased, dead);
    }

    // What a consumer of mail took over of dead letters goes back to them, and the other way round nothing is taken.
    private string? TryTakeOver(MailState state, out ClaimName claim)
    {
        claim = default;
        if (_lookedAtClaims != 0 && _options.Time.GetElapsedTime(_lookedAtClaims) < _options.LeaseDuration / 15)
        {
            return null;
        }

        _lookedAtClaims = _options.Time.GetTimestamp();
        foreach (string name in _watch.Look(Claims()))
        {
            ClaimName held = ClaimName.Parse(name)!.Value;
            string from = Path.Combine(Current, name);
            if (held.Reason is not null)
            {
                MailFiles.TryRename(from, Path.Combine(Dead, $"{held.Letter}.{held.Reason}"));
                continue;
            }

            claim = held.Next();
            string file = Path.Combine(Current, claim.ToString());
            if (state == MailState.Waiting && MailFiles.TryRename(from, file))
            {
                // There may be more: look again at the next call.
                _lookedAtClaims = 0;
                return file;
            }
        }

        return null;
    }

    private IEnumerable<(string Name, long Value)> Claims()
    {
        foreach (string name in Names(Current).Where(name => ClaimName.Parse(name) is not null))
        {
            if (MailFiles.FindTime(Path.Combine(Current, name)) is { } value)
            {
                yield return (name, value);
            }
        }
    }

    private void List(MailState state)
    {
        IEnumerable<string> names = state == MailState.Waiting
            ? Names(New).Where(name => MailboxLetter.IsName(name) && !IsResting(name))
            : Names(Dead).Where(IsDead);

        // The oldest of all; of a great many, of those that the file system tells first.
        foreach (string name in names.Take(ListAtOnce).Order(StringComparer.Ordinal))
        {
            _listed[state].Enqueue(name);
        }
    }

    private bool IsResting(string name)
    {
        if (!_resting.TryGetValue(name, out long until))
        {
            return false;
        }

        if (_options.Time.GetTimestamp() < until)
        {
            return true;
        }

        _resting.Remove(name);
        return false;
    }

    private static ClaimName ClaimOf(MailState state, string name) =>
        state == MailState.Waiting ? ClaimName.First(name, null) : ClaimName.First(name[..name.IndexOf('.', StringComparison.Ordinal)], name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    private static bool IsDead(string name) =>
        name.Split('.') is [var letter, var reason] && MailboxLetter.IsName(letter) && ClaimName.IsReason(reason);

    // Files only: folders and links are foreign, whatever they are called.
    private static FileSystemEnumerable<string> Names(string folder) =>
        new(
            folder,
            static (ref FileSystemEntry entry) => entry.FileName.ToString(),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
}
