using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// Cards in a mailbox, found by the identity that they are of: who looks for one knows the fingerprint and not yet the box. The mailbox proves nothing;
/// what is found is verified, and whose it is says the trust store.
/// </summary>
public static class MailboxCards
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Where an identity's card lies: the first 20 bytes of its fingerprint in base32, in lower case.</summary>
    public static string KeyOf(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ReadOnlySpan<byte> hash = fingerprint.Hash;
        return string.Create(32, hash[..20].ToArray(), static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                int bit = i * 5;
                int two = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
                text[i] = Alphabet[(two >> (11 - (bit % 8))) & 31];
            }
        });
    }

    /// <summary>Puts a card where others find it.</summary>
    public static Task PublishAsync(IStationMailbox mailbox, StationCard card, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(card);
        return mailbox.PutCardAsync(KeyOf(card.Fingerprint), card.ToBytes(), cancellationToken);
    }

    /// <summary>The card of an identity; null where none was published.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidCard"/>, <see cref="StationFault.CardNotTrusted"/>: what lies there is no card, or another identity's.
    /// </exception>
    public static async Task<StationCard?> FindAsync(IStationMailbox mailbox, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        if (await mailbox.FindCardAsync(KeyOf(fingerprint), cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        StationCard card = StationCard.Read(found);
        return card.Fingerprint == fingerprint ? card : throw PeerCards.NotTrusted(card, $"The mailbox gives the card of {card.Fingerprint} as that of {fingerprint}.");
    }
}
