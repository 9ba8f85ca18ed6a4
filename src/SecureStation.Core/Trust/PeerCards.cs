using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Trust;

/// <summary>The cards of peers: only of identities that are pinned, and of each the newest.</summary>
public static class PeerCards
{
    /// <summary>Puts a card into the record of its peer, if it is good and not older than the one there. Returns the record as it is now.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.CardNotTrusted"/>: no record is of that identity; <see cref="StationFault.CardOlder"/>, <see cref="StationFault.CardConflict"/>,
    /// <see cref="StationFault.CardExpired"/>, <see cref="StationFault.CardNotYetValid"/>.
    /// </exception>
    public static PeerRecord Keep(ITrustStore store, StationCard card, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(card);
        card.RequireValid(now);
        PeerRecord before = store.Find(card.Fingerprint) ?? throw NotTrusted(card, $"No peer has the identity {card.Fingerprint}, so its card is not taken.");
        RequireNewest(before, card);
        if (card.Equals(before.Card))
        {
            return before;
        }

        PeerRecord after = before;
        store.Update(card.Fingerprint, record =>
        {
            // Looked at again under the store's lock: another may have brought a newer one.
            RequireNewest(record, card);
            after = record with { Card = card, PublicKey = record.PublicKey ?? card.PublicKey };
            return after;
        });
        return after;
    }

    /// <summary>The error for a card of an identity that is not the one that is meant.</summary>
    public static StationException NotTrusted(StationCard card, string message)
    {
        ArgumentNullException.ThrowIfNull(card);
        return new(StationFault.CardNotTrusted, message) { PeerFingerprint = card.Fingerprint.ToString() };
    }

    private static void RequireNewest(PeerRecord record, StationCard card)
    {
        if (record.Card is { } held)
        {
            card.RequireNotBefore(held);
        }
    }
}
