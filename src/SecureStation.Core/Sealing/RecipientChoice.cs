using SecureStation.Core.Age;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Which keys a message is sealed to. Hybrid ones for all is the rule; a message is as secret as its weakest copy, so classical ones are taken for all or
/// for none: where every recipient is a literal that has no other, or where the sender says so.
/// </summary>
internal static class RecipientChoice
{
    /// <summary>The age recipients, in the order of the terms, each once, and what they make of it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MixedRecipients"/>, which names those in the way; <see cref="StationFault.InvalidArgument"/></exception>
    public static (IReadOnlyList<AgeRecipient> Recipients, SealSecrecy Secrecy) Of(SealingTerms terms)
    {
        if (terms.Passphrase is { } passphrase)
        {
            return terms.Recipients.Count == 0
                ? ([passphrase.Recipient], SealSecrecy.Passphrase)
                : throw new StationException(StationFault.InvalidArgument, "What is sealed with a passphrase has no recipients beside it.");
        }

        SealRecipient[] recipients = [.. terms.Recipients.DistinctBy(static one => one.Name, StringComparer.Ordinal)];
        if (recipients.Length is 0 or > SealedHead.MaxRecipients)
        {
            throw new StationException(StationFault.InvalidArgument, $"A message is sealed for 1 to {SealedHead.MaxRecipients} recipients, not {recipients.Length}.");
        }

        SealSecrecy secrecy = SecrecyFor(recipients, terms.AllowClassical);
        return ([.. recipients.Select(one => one.Get(secrecy)!)], secrecy);
    }

    private static SealSecrecy SecrecyFor(SealRecipient[] recipients, bool allowClassical)
    {
        SealRecipient[] classicalOnly = [.. recipients.Where(static one => !one.IsHybrid)];
        if (classicalOnly.Length == 0)
        {
            return SealSecrecy.Hybrid;
        }

        SealRecipient[] hybridOnly = [.. recipients.Where(static one => one.Get(SealSecrecy.Classical) is null)];
        if (hybridOnly.Length > 0)
        {
            throw Mixed($"{Names(classicalOnly)} cannot be sealed for in the hybrid way, {Names(hybridOnly)} in no other: seal two messages.");
        }

        // Somebody who wrote age1… or an ssh key has made that choice; with a card beside it, it would be made for others.
        return allowClassical || recipients.All(static one => one.Card is null)
            ? SealSecrecy.Classical
            : throw Mixed($"{Names(classicalOnly)} cannot be sealed for in the hybrid way. -AllowClassical seals for all with keys that quantum computers could break.");
    }

    private static string Names(IEnumerable<SealRecipient> recipients) => string.Join(", ", recipients.Select(static one => one.Label));

    private static StationException Mixed(string message) => new(StationFault.MixedRecipients, message);
}
