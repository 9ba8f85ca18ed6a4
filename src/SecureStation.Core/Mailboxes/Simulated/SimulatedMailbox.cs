using System.Collections.Concurrent;

namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>
/// A mailbox in memory, for tests: it keeps all promises, and breaks those that <see cref="Faults"/> says, as real ones do. With a clock
/// that a test moves, a consumer stalls past its lease without anybody waiting.
/// </summary>
public sealed class SimulatedMailbox : IStationMailbox
{
    private readonly Lock _gate = new();
    private readonly MailboxOptions _options;
    private readonly ConcurrentDictionary<string, SimulatedBox> _boxes = new();
    private readonly ConcurrentDictionary<string, byte[]> _cards = new();

    /// <summary>Makes an empty mailbox.</summary>
    public SimulatedMailbox(MailboxOptions? options = null) => _options = options ?? new MailboxOptions();

    /// <summary>What goes wrong.</summary>
    public MailboxFaults Faults { get; } = new();

    /// <inheritdoc/>
    public string Address => "simulated:";

    /// <inheritdoc/>
    public string Engine => "simulated";

    /// <summary>The largest letter, in bytes: 1 MiB, as a server's that was not told otherwise.</summary>
    public int MaxLetter { get; init; } = 1024 * 1024;

    /// <inheritdoc/>
    public IMailObjects Objects { get; } = new SimulatedObjects();

    IMailObjects? IStationMailbox.Objects => Objects;

    /// <summary>
    /// The server dies and comes back: who held a letter holds it no more, and the last letters that were completed wait again, as if nobody
    /// had ever had them. That is what a server does that had not yet written the acknowledgements to its disk.
    /// </summary>
    /// <param name="forgottenAcknowledgements">So many of each box.</param>
    public void Restart(int forgottenAcknowledgements = 0)
    {
        lock (_gate)
        {
            foreach (SimulatedBox box in _boxes.Values)
            {
                box.Restart(forgottenAcknowledgements);
            }
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(string box, MailboxLetter letter, bool isDurable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        SimulatedBox at = Box(box);
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (letter.Body.Length > MaxLetter)
            {
                throw MailboxErrors.TooLarge(Address, letter.Body.Length, MaxLetter);
            }

            at.Put(letter);
            if (Faults.LostPutAnswers > 0)
            {
                Faults.LostPutAnswers--;
                throw MailboxErrors.Unavailable(Address, "the answer was lost.");
            }
        }
    }

    /// <inheritdoc/>
    public async Task<MailLease?> TakeAsync(string box, MailState state, TimeSpan wait, CancellationToken cancellationToken)
    {
        long began = Environment.TickCount64;
        while (true)
        {
            await AnswerAsync(cancellationToken).ConfigureAwait(false);
            SimulatedBox at = Box(Faults.GivesMailOf ?? box);
            lock (_gate)
            {
                if (at.TryTake(state, Faults) is { } held)
                {
                    return new SimulatedLease(this, at, held, _options, _options.Time.GetTimestamp());
                }
            }

            if (wait != Timeout.InfiniteTimeSpan && Environment.TickCount64 - began >= wait.TotalMilliseconds)
            {
                return null;
            }

            await Task.Delay(5, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<MailboxCounts> CountAsync(string box, CancellationToken cancellationToken)
    {
        SimulatedBox at = Box(box);
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            return at.Count();
        }
    }

    /// <inheritdoc/>
    public IMailRecords OpenRecords(string box) => Box(box).Records;

    /// <inheritdoc/>
    public async Task PutCardAsync(string box, ReadOnlyMemory<byte> card, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        _cards[MailboxErrors.RequireBox(box)] = card.ToArray();
    }

    /// <inheritdoc/>
    public async Task<byte[]?> FindCardAsync(string box, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        return _cards.GetValueOrDefault(MailboxErrors.RequireBox(box));
    }

    /// <summary>The address.</summary>
    public override string ToString() => Address;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs what a holder does.</summary>
    internal async Task ActAsync(Action act, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            act();
            if (Faults.LostLeaseAnswers > 0)
            {
                Faults.LostLeaseAnswers--;
                throw MailboxErrors.Unavailable(Address, "the answer was lost.");
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        if (Faults.IsSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }

        if (Faults.Unavailable is { } said)
        {
            throw MailboxErrors.Unavailable(Address, said);
        }
    }

    private SimulatedBox Box(string box) => _boxes.GetOrAdd(MailboxErrors.RequireBox(box), _ => new SimulatedBox(_options));
}
