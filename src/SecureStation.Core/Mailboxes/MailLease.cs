using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// A letter that one consumer holds for a time. When the time is over by the holder's own clock, which nobody sets, it does nothing more with
/// the letter: by then another may have it. Safe for many threads; what is done to a lease is done one after the other.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
public abstract class MailLease
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private long _since;
    private volatile bool _isOver;

    /// <summary>For the engines.</summary>
    /// <param name="name">The letter's name in the engine.</param>
    /// <param name="body">The letter.</param>
    /// <param name="options">Clock and duration.</param>
    /// <param name="since">The clock's timestamp of before the letter was asked for: the holder's time never ends after the engine's.</param>
    protected MailLease(string name, ReadOnlyMemory<byte> body, MailboxOptions options, long since)
    {
        ArgumentNullException.ThrowIfNull(options);
        Name = name;
        Body = body;
        _time = options.Time;
        _duration = options.LeaseDuration;
        _since = since;
    }

    /// <summary>The letter's name in the engine.</summary>
    public string Name { get; }

    /// <summary>The letter: whatever was put there.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Why it is dead; null for mail.</summary>
    public string? Reason { get; init; }

    /// <summary>Why there is no body; null where it could be read.</summary>
    public StationException? Problem { get; init; }

    /// <summary>Whether no other consumer can have the letter yet, and nothing final was done to it.</summary>
    public bool IsHeld => !_isOver && !HasRunOut;

    /// <summary>How long it lasts without a renewal.</summary>
    internal TimeSpan Duration => _duration;

    /// <summary>The clock that it goes by.</summary>
    internal TimeProvider Time => _time;

    private bool HasRunOut => _time.GetElapsedTime(Volatile.Read(ref _since)) >= _duration;

    /// <summary>Begins the lease's time anew. Nothing where it is over.</summary>
    /// <exception cref="StationException"><see cref="StationFault.LeaseLost"/>; <see cref="StationFault.MailboxUnavailable"/>: it may be tried again.</exception>
    public Task RenewAsync(CancellationToken cancellationToken) => ActAsync(
        async token =>
        {
            long now = _time.GetTimestamp();
            await RenewCoreAsync(token).ConfigureAwait(false);
            Volatile.Write(ref _since, now);
        },
        isFinal: false,
        cancellationToken);

    /// <summary>Removes the letter: it is done.</summary>
    /// <inheritdoc cref="RenewAsync"/>
    public Task CompleteAsync(CancellationToken cancellationToken) => ActAsync(CompleteCoreAsync, isFinal: true, cancellationToken);

    /// <summary>Gives the letter back, a dead one too: into the mail.</summary>
    /// <param name="delay">How long this consumer, and others where the engine can, shall not be given it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="RenewAsync"/>
    public Task ReturnAsync(TimeSpan delay, CancellationToken cancellationToken) => ActAsync(token => ReturnCoreAsync(delay, token), isFinal: true, cancellationToken);

    /// <summary>Gives the letter back as it was, a dead one to the dead letters: it was fetched and not begun, or its holder ends.</summary>
    /// <inheritdoc cref="RenewAsync"/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => ActAsync(ReleaseCoreAsync, isFinal: true, cancellationToken);

    /// <summary>Makes it a dead letter.</summary>
    /// <param name="reason">1 to 40 letters, as a fault's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="RenewAsync"/>
    public Task BuryAsync(string reason, CancellationToken cancellationToken) => ActAsync(token => BuryCoreAsync(reason, token), isFinal: true, cancellationToken);

    /// <summary>The engine's renewal.</summary>
    protected abstract Task RenewCoreAsync(CancellationToken cancellationToken);

    /// <summary>The engine's removal.</summary>
    protected abstract Task CompleteCoreAsync(CancellationToken cancellationToken);

    /// <summary>The engine's way to give back.</summary>
    protected abstract Task ReturnCoreAsync(TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>The engine's way to give back to where it was.</summary>
    protected abstract Task ReleaseCoreAsync(CancellationToken cancellationToken);

    /// <summary>The engine's dead letters.</summary>
    protected abstract Task BuryCoreAsync(string reason, CancellationToken cancellationToken);

    /// <summary>The failure of a holder that holds nothing any more.</summary>
    protected static StationException Lost() =>
        new(StationFault.LeaseLost, "The lease of this message has run out: another consumer may have it by now. Nothing was done to it.");

    private async Task ActAsync(Func<CancellationToken, Task> act, bool isFinal, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isOver && !isFinal)
            {
                return;
            }

            if (!IsHeld)
            {
                throw _isOver
                    ? new StationException(StationFault.InvalidState, "This message was confirmed, given back or made a dead letter before.")
                    : Lost();
            }

            await act(cancellationToken).ConfigureAwait(false);
            _isOver = isFinal;
        }
        finally
        {
            _gate.Release();
        }
    }
}
