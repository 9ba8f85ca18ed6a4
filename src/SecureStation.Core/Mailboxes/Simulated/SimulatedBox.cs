namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>A box in memory. Locked by its mailbox.</summary>
internal sealed class SimulatedBox(MailboxOptions options)
{
    private readonly List<SimulatedLetter> _waiting = [];
    private readonly List<SimulatedLetter> _held = [];
    private readonly List<SimulatedLetter> _dead = [];
    private readonly List<SimulatedLetter> _completed = [];

    public SimulatedRecords Records { get; } = new();

    public void Put(MailboxLetter letter) => _waiting.Add(new SimulatedLetter(letter.Name, letter.Body.ToArray()));

    public SimulatedLetter? TryTake(MailState state, MailboxFaults faults)
    {
        long now = options.Time.GetTimestamp();
        foreach (SimulatedLetter stalled in _held.Where(letter => options.Time.GetElapsedTime(letter.HeldSince, now) >= options.LeaseDuration).ToArray())
        {
            _held.Remove(stalled);
            (stalled.Reason is null ? _waiting : _dead).Insert(0, stalled);
        }

        List<SimulatedLetter> from = state == MailState.Waiting ? _waiting : _dead;
        SimulatedLetter? next = from.FirstOrDefault(letter => letter.RestsUntil <= now);
        if (next is null)
        {
            return null;
        }

        if (faults.GivenTwice > 0 && state == MailState.Waiting)
        {
            // A copy of its own goes to the other.
            faults.GivenTwice--;
            next = new SimulatedLetter(next.Name, next.Body);
        }
        else
        {
            from.Remove(next);
        }

        next.Claim++;
        next.HeldSince = now;
        _held.Add(next);
        return next;
    }

    public bool Holds(SimulatedLetter letter, int claim) => letter.Claim == claim && _held.Contains(letter);

    public void Complete(SimulatedLetter letter)
    {
        _held.Remove(letter);
        if (letter.Reason is null)
        {
            _completed.Add(letter);
        }
    }

    public void Return(SimulatedLetter letter, TimeSpan delay)
    {
        _held.Remove(letter);
        letter.Reason = null;
        letter.RestsUntil = options.Time.GetTimestamp() + (long)(delay.TotalSeconds * options.Time.TimestampFrequency);
        _waiting.Add(letter);
    }

    public void Release(SimulatedLetter letter)
    {
        _held.Remove(letter);
        (letter.Reason is null ? _waiting : _dead).Insert(0, letter);
    }

    public void Bury(SimulatedLetter letter, string reason)
    {
        _held.Remove(letter);
        letter.Reason = reason;
        _dead.Add(letter);
        _dead.RemoveRange(0, Math.Max(0, _dead.Count - options.MaxDead));
    }

    public void Restart(int forgotten)
    {
        _waiting.InsertRange(0, _held.Where(letter => letter.Reason is null));
        _dead.InsertRange(0, _held.Where(letter => letter.Reason is not null));
        _held.Clear();
        int count = Math.Min(forgotten, _completed.Count);
        _waiting.AddRange(_completed.GetRange(_completed.Count - count, count));
        _completed.Clear();
    }

    public MailboxCounts Count() =>
        new(_waiting.Count, _held.Count(letter => letter.Reason is null), _dead.Count + _held.Count(letter => letter.Reason is not null));
}
