using SecureStation.Core.Sealing;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// Seals messages and puts a copy into the box of each recipient: every copy an age file of its own around the same signed plaintext, so that none
/// shows who else has one.
/// </summary>
public sealed class MailboxSender
{
    private static readonly TimeSpan[] s_pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    private readonly IStationMailbox _mailbox;
    private readonly TimeProvider _time;

    /// <summary>Sends through a mailbox.</summary>
    public MailboxSender(IStationMailbox mailbox, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        _mailbox = mailbox;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Seals and puts a message.</summary>
    /// <param name="mail">The message.</param>
    /// <param name="isDurable">Whether to return only when it is as safe as the mailbox can make it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.MixedRecipients"/>, <see cref="StationFault.MessageTooLarge"/>: nothing was put.
    /// <see cref="StationFault.MailboxFull"/>, <see cref="StationFault.MailboxUnavailable"/>: some recipients may have theirs; the message names the one who has not.
    /// </exception>
    public async Task<SentMail> SendAsync(OutgoingMail mail, bool isDurable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        SealRecipient[] recipients = [.. mail.Recipients.DistinctBy(static one => one.Name, StringComparer.Ordinal)];
        SealingTerms terms = ToTerms(mail, recipients);
        IReadOnlyList<byte[]> copies = SealedMessage.SealCopies(terms, mail.Body.Span);
        for (int i = 0; i < recipients.Length; i++)
        {
            try
            {
                await PutAsync(terms, recipients[i], copies[i], isDurable, cancellationToken).ConfigureAwait(false);
            }
            catch (StationException e) when (recipients.Length > 1 && e.Fault is StationFault.MailboxFull or StationFault.MailboxUnavailable)
            {
                string those = string.Join(", ", recipients.Take(i).Select(static one => one.Label));
                throw new StationException(e.Fault, $"{e.Message} '{recipients[i].Label}' may not have the message{(i == 0 ? string.Empty : $"; put for: {those}")}.", e) { Address = e.Address };
            }
        }

        return new SentMail(terms.Id, [.. recipients.Select(static one => one.Label)], terms.ExpiresAt!.Value, recipients.All(static one => one.IsHybrid) ? SealSecrecy.Hybrid : SealSecrecy.Classical, mail.Body.Length);
    }

    private SealingTerms ToTerms(OutgoingMail mail, SealRecipient[] recipients)
    {
        if (recipients.Length == 0)
        {
            throw new StationException(StationFault.InvalidArgument, "The message is for nobody.");
        }

        if (recipients.FirstOrDefault(static one => one.Card is null) is { } literal)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{literal.Label}' has no box in a mailbox: only a peer with a card has one.");
        }

        TimeSpan life = mail.ExpiresIn ?? OutgoingMail.DefaultLife;
        if (life <= TimeSpan.Zero || life > OutgoingMail.LongestLife)
        {
            throw new StationException(StationFault.InvalidArgument, $"Mail is good for more than nothing and {OutgoingMail.LongestLife.Days} days at most.");
        }

        if (mail.Body.Length > OpeningTerms.DefaultMaxBodyLength)
        {
            throw new StationException(StationFault.MessageTooLarge, $"The message is {mail.Body.Length:N0} bytes, and mail is {OpeningTerms.DefaultMaxBodyLength:N0} at most.");
        }

        DateTimeOffset now = _time.GetUtcNow();
        return new SealingTerms
        {
            Sender = mail.Sender,
            Recipients = recipients,
            AllowClassical = mail.AllowClassical,
            Kind = mail.Kind,
            Headers = mail.Headers,
            SentAt = now,
            ExpiresAt = recipients.Select(static one => one.Card!.NotAfter).Append(now + life).Min(),
            Extensions = mail.InReplyTo is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [OutgoingMail.InReplyToMember] = mail.InReplyTo },
        };
    }

    private async Task PutAsync(SealingTerms terms, SealRecipient recipient, byte[] copy, bool isDurable, CancellationToken cancellationToken)
    {
        string box = recipient.Card!.Box;
        if (copy.Length > _mailbox.MaxLetter && _mailbox.Objects is { } objects)
        {
            var reference = MailObjectReference.To(copy);
            await TryAsync(() => objects.PutAsync(box, reference.Name, copy, cancellationToken), cancellationToken).ConfigureAwait(false);
            copy = SealedMessage.SealCopies(terms with { Recipients = [recipient], Kind = SealedKind.Bytes, Headers = [], Extensions = reference.ToMembers() }, [])[0];
        }

        // The same letter each time: where the answer to the first was lost, it is known again.
        var letter = new MailboxLetter(copy, _time.GetUtcNow());
        await TryAsync(() => _mailbox.PutAsync(box, letter, isDurable, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task TryAsync(Func<Task> put, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await put().ConfigureAwait(false);
                return;
            }
            catch (StationException e) when (e.Fault == StationFault.MailboxUnavailable && attempt < s_pauses.Length)
            {
                await Task.Delay(s_pauses[attempt], cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
