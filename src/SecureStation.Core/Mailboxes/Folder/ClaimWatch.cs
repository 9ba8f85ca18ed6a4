namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// Which claims have run out: those whose file has had the same time for a whole lease, as this watcher saw it by its own monotonic clock. The
/// file's time is compared with itself only, never with a clock, so it does not matter whose clocks are wrong or jump.
/// </summary>
internal sealed class ClaimWatch(TimeProvider time, TimeSpan lease)
{
    private Dictionary<string, (long Value, long Since)> _seen = [];

    /// <summary>Looks at all claims there are; gives those that have run out.</summary>
    /// <param name="claims">Each claim's file name, and its file's time in ticks.</param>
    public IReadOnlyList<string> Look(IEnumerable<(string Name, long Value)> claims)
    {
        long now = time.GetTimestamp();
        var still = new Dictionary<string, (long Value, long Since)>();
        var over = new List<string>();
        foreach ((string name, long value) in claims)
        {
            (long Value, long Since) seen = _seen.TryGetValue(name, out (long Value, long Since) before) && before.Value == value ? before : (value, now);
            still[name] = seen;
            if (time.GetElapsedTime(seen.Since, now) >= lease)
            {
                over.Add(name);
            }
        }

        // What is gone is forgotten with the old table.
        _seen = still;
        return over;
    }
}
