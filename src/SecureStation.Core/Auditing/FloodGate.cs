namespace SecureStation.Core.Auditing;

/// <summary>
/// Lets one line a second through for each source and reason, and counts the others, so that a flood cannot fill a disk. Pure: time is an argument.
/// </summary>
internal sealed class FloodGate
{
    /// <summary>How many sources and reasons are told apart; those beyond share one.</summary>
    public const int MaxKeys = 1024;

    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);
    private static readonly (AuditEventKind, string, string) s_others = (AuditEventKind.Refused, "other addresses", "several");

    private readonly Dictionary<(AuditEventKind, string, string), Held> _held = [];

    /// <summary>When something that is held back is due; null where nothing is.</summary>
    public DateTimeOffset? NextDue => _held.Count == 0 ? null : _held.Values.Min(static held => held.Until);

    /// <summary>Takes an event: it may be written now (true), or is counted.</summary>
    public bool TryPass(AuditEvent happened, DateTimeOffset now)
    {
        if (!happened.IsFloodable)
        {
            return true;
        }

        (AuditEventKind, string, string) key = (happened.Kind, HostOf(happened.Address), happened.Reason ?? string.Empty);
        if (!_held.ContainsKey(key) && _held.Count >= MaxKeys)
        {
            key = s_others;
            happened = new AuditEvent(AuditEventKind.Refused) { Address = s_others.Item2, Reason = s_others.Item3 };
            if (!_held.ContainsKey(key))
            {
                _held[key] = new Held(happened, now + s_quiet) { Count = 1 };
                return false;
            }
        }

        if (_held.TryGetValue(key, out Held? held))
        {
            held.Count++;
            held.Last = happened;
            return false;
        }

        _held[key] = new Held(happened, now + s_quiet);
        return true;
    }

    /// <summary>What was held back and is due: the last event of each source and reason, and how many it stands for.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether everything is due, because the log ends.</param>
    public IReadOnlyList<(AuditEvent Event, long Count)> TakeDue(DateTimeOffset now, bool all = false)
    {
        List<(AuditEvent, long)> due = [];
        foreach (((AuditEventKind, string, string) key, Held held) in _held.Where(one => all || one.Value.Until <= now).ToArray())
        {
            if (held.Count == 0)
            {
                _held.Remove(key);
                continue;
            }

            due.Add((held.Last, held.Count));
            held.Count = 0;
            held.Until = now + s_quiet;
        }

        return due;
    }

    // The port is another with each connection.
    private static string HostOf(string? address)
    {
        int colon = address?.LastIndexOf(':') ?? -1;
        return colon > 0 ? address![..colon] : address ?? string.Empty;
    }

    private sealed class Held(AuditEvent last, DateTimeOffset until)
    {
        public AuditEvent Last { get; set; } = last;

        public DateTimeOffset Until { get; set; } = until;

        public long Count { get; set; }
    }
}
