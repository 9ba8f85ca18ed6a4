namespace SecureStation.Nats;

/// <summary>
/// Who asks what at this moment. The server does not answer what a client may not publish: it says beside, with the subject, that it was not allowed. So
/// that whoever asked there hears it at once, and not when the time for an answer is over.
/// </summary>
internal sealed class NatsRefusals
{
    // nats-server: -ERR 'Permissions Violation for Publish to "SUBJECT"', -ERR 'Permissions Violation for Subscription to "SUBJECT"'
    private const string Publish = "Permissions Violation for Publish to ";
    private const string Subscription = "Permissions Violation for Subscription to ";

    private readonly Lock _gate = new();
    private readonly HashSet<Asked> _asked = [];
    private string? _inbox;

    /// <summary>Begins to listen for a refusal.</summary>
    /// <param name="subject">The subject that is published to, or its beginning; null where nothing is.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    public Asked Ask(string? subject, CancellationTokenSource stop)
    {
        var asked = new Asked(this, subject, stop);
        lock (_gate)
        {
            _asked.Add(asked);
            if (_inbox is not null)
            {
                asked.Refuse(_inbox);
            }
        }

        return asked;
    }

    /// <summary>Takes in what the server said.</summary>
    public void Hear(string said)
    {
        // Nothing is subscribed to but the subjects that answers come to: without those, nothing is answered.
        bool isInbox = said.StartsWith(Subscription, StringComparison.OrdinalIgnoreCase);
        if (!isInbox && !said.StartsWith(Publish, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        string subject = isInbox ? string.Empty : said[Publish.Length..].Trim('"', '\'', '.', ' ');
        string why = $"the credentials do not allow it: {said}.";
        lock (_gate)
        {
            _inbox = isInbox ? why : _inbox;
            foreach (Asked asked in _asked.Where(one => isInbox || (one.Subject is { } begin && subject.StartsWith(begin, StringComparison.Ordinal))))
            {
                asked.Refuse(why);
            }
        }
    }

    /// <summary>Something that is asked; disposed of when it is answered.</summary>
    internal sealed class Asked(NatsRefusals all, string? subject, CancellationTokenSource stop) : IDisposable
    {
        public string? Subject { get; } = subject;

        /// <summary>What the server said; null where it did not refuse.</summary>
        public string? Refusal { get; private set; }

        public void Refuse(string said)
        {
            Refusal = said;

            // On another thread: whoever waits goes on there, and not under the lock.
            _ = stop.CancelAsync();
        }

        public void Dispose()
        {
            lock (all._gate)
            {
                all._asked.Remove(this);
            }
        }
    }
}
