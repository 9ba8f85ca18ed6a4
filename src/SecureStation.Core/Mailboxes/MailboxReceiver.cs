using SecureStation.Core.Sealing;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// A consumer of a box: gives messages out, each to one of the consumers that share the box, once unmarked. It opens them, asks whether the sender
/// may send now, and keeps the records; the engine below knows nothing of that.
/// </summary>
public sealed class MailboxReceiver : IAsyncDisposable
{
    private static readonly TimeSpan s_keyDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(10);


    private readonly IStationMailbox _mailbox;
    private readonly MailReaderTerms _terms;
    private readonly IMailRecords _records;
    private readonly LeaseKeeper _keeper = new();
    private readonly LeaseSource _source;
    private readonly MailMark _mark;
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>Reads a box.</summary>
    public MailboxReceiver(IStationMailbox mailbox, MailReaderTerms terms)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(terms);
        _mailbox = mailbox;
        _terms = terms;
        _records = mailbox.OpenRecords(terms.Box);
        _mark = new MailMark(_records, terms);
        _source = new LeaseSource(mailbox, terms.Box, terms.State, terms.Prefetch, _keeper);
    }

    /// <summary>The next message for this consumer; null where none came in the time. Letters that are not given out are reported.</summary>
    /// <param name="isMoreWanted">Whether another will be asked for: then it is fetched meanwhile, and kept for this consumer.</param>
    /// <param name="wait">How long to wait; zero polls.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException"><see cref="StationFault.MailboxUnavailable"/></exception>
    public async Task<MailboxMessage?> ReceiveAsync(bool isMoreWanted, TimeSpan wait, CancellationToken cancellationToken)
    {
        long began = Environment.TickCount64;
        while (true)
        {
            if (!await _mark.TryPruneAsync(wait, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            TimeSpan left = wait == Timeout.InfiniteTimeSpan ? wait : wait - TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
            if (await _source.NextAsync(isMoreWanted, left < TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left, cancellationToken).ConfigureAwait(false) is not { } lease)
            {
                return null;
            }

            var hold = new MailHold(_mailbox, _terms.Box, lease, _records, _terms.ReplayStore, _keeper.Leave);
            try
            {
                if (await TryGiveAsync(hold, cancellationToken).ConfigureAwait(false) is { } message)
                {
                    return message;
                }
            }
            catch (StationException e) when (e.Fault == StationFault.LeaseLost)
            {
                // Another has it; nothing was given out.
                _keeper.Leave(lease);
            }
            catch
            {
                // Not given out: another may have it at once.
                _keeper.Leave(lease);
                await LeaseSource.GiveBackAsync(lease).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>
    /// Gives back what was fetched and not begun. Messages that were given out and not confirmed are renewed no more
    /// (<see cref="MailReaderTerms.HoldAfterwards"/>), and come again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        if (_terms.HoldAfterwards > TimeSpan.Zero)
        {
            _keeper.StopAfter(_terms.HoldAfterwards);
        }
        else
        {
            await _keeper.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<MailboxMessage?> TryGiveAsync(MailHold hold, CancellationToken cancellationToken)
    {
        if (hold.Lease.Reason is not null)
        {
            SealedMessage? opened = await TryOpenDeadAsync(hold, cancellationToken).ConfigureAwait(false);
            return new MailboxMessage(hold, opened, await FindAttemptsAsync(hold, cancellationToken).ConfigureAwait(false), isRedelivered: true);
        }

        SealedMessage message;
        try
        {
            message = await OpenAsync(hold, DateTimeOffset.MinValue, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault is not StationFault.LeaseLost and not StationFault.MailboxUnavailable)
        {
            await RefuseAsync(hold, e, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StationException e) when (hold.Lease.Problem is not null)
        {
            await GiveBackAsync(hold, e, cancellationToken).ConfigureAwait(false);
            return null;
        }

        return await TryGiveAsync(hold, message, cancellationToken).ConfigureAwait(false);
    }

    private async Task<MailboxMessage?> TryGiveAsync(MailHold hold, SealedMessage message, CancellationToken cancellationToken)
    {
        (MailRecordKey key, DateTimeOffset expires) = hold.Record!.Value;
        MailRecord record = await _records.OpenAsync(key, expires, cancellationToken).ConfigureAwait(false);
        MailRecord own = _terms.ReplayStore is null ? record : await _terms.ReplayStore.OpenAsync(key, expires, cancellationToken).ConfigureAwait(false);
        if (record.IsDone || own.IsDone)
        {
            await hold.ConfirmAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        int attempts = Math.Max(record.IsNew ? 0 : record.Attempts, own.IsNew ? 0 : own.Attempts);
        if (attempts >= _terms.MaxDeliveries)
        {
            await hold.BuryAsync("TooManyDeliveries", cancellationToken).ConfigureAwait(false);
            Report(new StationException(StationFault.Undelivered, $"The message {message.Id} from {message.Peer} was given out {attempts} times and never confirmed; it is a dead letter now.")
            {
                PeerFingerprint = message.Fingerprint?.Text,
            });
            return null;
        }

        if (!record.IsNew)
        {
            await _records.CountAttemptAsync(key, expires, record, cancellationToken).ConfigureAwait(false);
        }

        if (_terms.ReplayStore is { } store && !own.IsNew)
        {
            await store.CountAttemptAsync(key, expires, own, cancellationToken).ConfigureAwait(false);
        }

        // What took so long that the lease ran out is another's: it is not given to two.
        return hold.Lease.IsHeld
            ? new MailboxMessage(hold, message, attempts + 1, isRedelivered: !record.IsNew || !own.IsNew)
            : throw new StationException(StationFault.LeaseLost, "The lease ran out before the message was given out.");
    }

    private async Task<SealedMessage> OpenAsync(MailHold hold, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (hold.Lease.Problem is { } problem)
        {
            throw problem;
        }

        bool isDead = hold.Lease.Reason is not null;
        var terms = new OpeningTerms
        {
            Identities = _terms.Identities,
            FindSender = _terms.FindSender,
            AllowUnknownSender = _terms.AllowUnknownSender,
            RequireExpiry = true,
            Now = isDead ? now : _terms.Time.GetUtcNow(),
        };
        SealedMessage message = SealedMessage.Open(hold.Lease.Body, terms);
        Remember(hold, message, isDead);
        if (MailObjectReference.Find(message.Origin.Head.Extensions) is not { } reference)
        {
            return message;
        }

        hold.Object = reference;
        byte[]? content = _mailbox.Objects is { } objects ? await objects.FindAsync(_terms.Box, reference.Name, reference.Length, cancellationToken).ConfigureAwait(false) : null;
        if (content is null || !reference.Fits(content))
        {
            throw Broken("its body is not in the mailbox any more, or is another");
        }

        SealedMessage large = SealedMessage.Open(content, terms);
        return large.Id == message.Id && Equals(large.Fingerprint, message.Fingerprint) && large.ExpiresAt == message.ExpiresAt ? large : throw Broken("its body is another message's");
    }

    private void Remember(MailHold hold, SealedMessage message, bool isDead)
    {
        DateTimeOffset expires = message.ExpiresAt!.Value;
        hold.Record = (MailRecordKey.Of(message.Fingerprint is { } sender ? sender.Hash : default, Convert.FromHexString(message.Id)), expires);
        if (isDead)
        {
            return;
        }

        if (expires > _terms.Time.GetUtcNow() + OutgoingMail.LongestLife + s_clockTolerance)
        {
            throw Broken($"it is good for longer than {OutgoingMail.LongestLife.Days} days");
        }

        // The records of what expires before the mark are gone: whether it was given out nobody knows.
        if (expires < _mark.Time)
        {
            throw new StationException(StationFault.MessageExpired, $"The sealed message expired at {expires:u}, and its records are gone.") { PeerFingerprint = message.Fingerprint?.Text };
        }
    }

    private async Task<int> FindAttemptsAsync(MailHold hold, CancellationToken cancellationToken) =>
        hold.Record is { } known && await _records.FindAsync(known.Key, known.Expires, cancellationToken).ConfigureAwait(false) is { } record ? record.Attempts : 0;

    private async Task<SealedMessage?> TryOpenDeadAsync(MailHold hold, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(hold, DateTimeOffset.MinValue, cancellationToken).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // Its reason says as much.
            return null;
        }
    }

    private async Task RefuseAsync(MailHold hold, StationException why, CancellationToken cancellationToken)
    {
        bool isKeyMissing = why.Fault == StationFault.SealingKeyMissing || (why.Fault == StationFault.NotARecipient && why.Subject == StationSubject.SealingKey);
        if (isKeyMissing && !_terms.HasNewestKeys)
        {
            await GiveBackAsync(hold, new StationException(StationFault.SealingKeyMissing, why.Message, why) { Subject = StationSubject.SealingKey }, cancellationToken).ConfigureAwait(false);
            return;
        }

        await hold.BuryAsync((isKeyMissing ? StationFault.SealingKeyMissing : why.Fault).ToString(), cancellationToken).ConfigureAwait(false);
        Report(why is { Fault: StationFault.PeerUntrusted, PeerFingerprint: { } sender }
            ? new StationException(
                why.Fault, $"A message that says it is from {sender} is among the dead letters now: mail is taken from peers with accept or the capability mail.", why)
            { PeerFingerprint = sender, Subject = StationSubject.Mail }
            : why);
    }

    // Another consumer may have the key, or the rights. Said once for each letter.
    private async Task GiveBackAsync(MailHold hold, StationException why, CancellationToken cancellationToken)
    {
        await hold.DenyAsync(s_keyDelay, cancellationToken).ConfigureAwait(false);
        string once = why.Fault == StationFault.SealingKeyMissing ? nameof(StationFault.SealingKeyMissing) : hold.Lease.Name;
        if (_reported.Count < 1000 && _reported.Add(once))
        {
            Report(why);
        }
    }

    private void Report(StationException why) => _terms.Report(why);

    private static StationException Broken(string why) => new(StationFault.SealBroken, $"The sealed message is broken: {why}.");
}
