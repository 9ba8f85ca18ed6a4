namespace SecureStation.Core.Mailboxes;

/// <summary>
/// What keeps mail for stations that are not there: the seam under which engines lie (a folder, NATS JetStream, a simulated one). It carries
/// opaque bytes and is trusted with nothing but keeping: it sees sizes, times and boxes. Implementations are safe for many threads, and every
/// wait of theirs ends with its token.
/// </summary>
/// <remarks>
/// What all of them promise: a letter that was put is given to one holder at a time, until it is completed; a holder that goes away loses it
/// when its lease has run out. What none promises: that a letter comes once. That is what <see cref="IMailRecords"/> are for, above this seam.
/// <para>All throw <see cref="StationException"/>: <see cref="StationFault.MailboxUnavailable"/> with what the engine said,
/// <see cref="StationFault.InvalidArgument"/> for what is no box.</para>
/// </remarks>
public interface IStationMailbox : IAsyncDisposable
{
    /// <summary>Where it is, as text without secrets.</summary>
    string Address { get; }

    /// <summary>What it is: <c>folder</c>, <c>nats</c>, <c>simulated</c>.</summary>
    string Engine { get; }

    /// <summary>The largest letter that it takes, in bytes.</summary>
    int MaxLetter { get; }

    /// <summary>Where letters go that are larger than <see cref="MaxLetter"/>; null where there need be no such place.</summary>
    IMailObjects? Objects { get; }

    /// <summary>Puts a letter into a box. The same letter may be put again where the answer was lost: it is found once, or comes twice and is known by its record.</summary>
    /// <param name="box">32 characters of base32.</param>
    /// <param name="letter">The letter.</param>
    /// <param name="isDurable">Whether to return only when the letter is as safe as the engine can make it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.MailboxFull"/>: nothing was put; <see cref="StationFault.MessageTooLarge"/>: likewise.
    /// After <see cref="StationFault.MailboxUnavailable"/> it may be there.
    /// </exception>
    Task PutAsync(string box, MailboxLetter letter, bool isDurable, CancellationToken cancellationToken);

    /// <summary>Takes a letter under a lease; null where none came in the time.</summary>
    /// <param name="box">32 characters of base32.</param>
    /// <param name="state">The mail or the dead letters.</param>
    /// <param name="wait">How long to wait for one; zero polls.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<MailLease?> TakeAsync(string box, MailState state, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>How much lies in a box.</summary>
    Task<MailboxCounts> CountAsync(string box, CancellationToken cancellationToken);

    /// <summary>The records of what was given out of a box.</summary>
    IMailRecords OpenRecords(string box);

    /// <summary>Puts a station's card where others find it, in place of the one before.</summary>
    Task PutCardAsync(string box, ReadOnlyMemory<byte> card, CancellationToken cancellationToken);

    /// <summary>The card that lies there for a box, unverified; null where there is none.</summary>
    Task<byte[]?> FindCardAsync(string box, CancellationToken cancellationToken);
}
