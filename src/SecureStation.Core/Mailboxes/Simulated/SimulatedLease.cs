namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>A letter of a simulated box, held.</summary>
internal sealed class SimulatedLease : MailLease
{
    private readonly SimulatedMailbox _mailbox;
    private readonly SimulatedBox _box;
    private readonly SimulatedLetter _letter;
    private readonly MailboxOptions _options;
    private readonly int _claim;

    public SimulatedLease(SimulatedMailbox mailbox, SimulatedBox box, SimulatedLetter letter, MailboxOptions options, long since)
        : base(letter.Name, letter.Body, options, since)
    {
        _mailbox = mailbox;
        _box = box;
        _letter = letter;
        _options = options;
        _claim = letter.Claim;
        Reason = letter.Reason;
    }

    /// <inheritdoc/>
    protected override Task RenewCoreAsync(CancellationToken cancellationToken) =>
        ActAsync(() => _letter.HeldSince = _options.Time.GetTimestamp(), cancellationToken);

    /// <inheritdoc/>
    protected override Task CompleteCoreAsync(CancellationToken cancellationToken) => ActAsync(() => _box.Complete(_letter), cancellationToken);

    /// <inheritdoc/>
    protected override Task ReturnCoreAsync(TimeSpan delay, CancellationToken cancellationToken) => ActAsync(() => _box.Return(_letter, delay), cancellationToken);

    /// <inheritdoc/>
    protected override Task ReleaseCoreAsync(CancellationToken cancellationToken) => ActAsync(() => _box.Release(_letter), cancellationToken);

    /// <inheritdoc/>
    protected override Task BuryCoreAsync(string reason, CancellationToken cancellationToken) => ActAsync(() => _box.Bury(_letter, reason), cancellationToken);

    private Task ActAsync(Action act, CancellationToken cancellationToken) => _mailbox.ActAsync(
        () =>
        {
            if (!_box.Holds(_letter, _claim))
            {
                throw Lost();
            }

            act();
        },
        cancellationToken);
}
