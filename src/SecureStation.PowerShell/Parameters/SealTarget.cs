using SecureStation.Core;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>A -To: the name of a peer, its record or card, or an age recipient or ssh public key as it stands. PowerShell makes it of any.</summary>
public sealed class SealTarget
{
    private readonly string? _text;
    private readonly PeerRecord? _record;
    private readonly StationCard? _card;

    /// <summary>The name of a peer, <c>age1…</c>, <c>ssh-ed25519 …</c> or <c>ssh-rsa …</c>.</summary>
    public SealTarget(string text) => _text = text;

    /// <summary>A record that Get-StationPeer wrote.</summary>
    public SealTarget(PeerRecord record) => _record = record;

    /// <summary>A card that Import-StationCard read; its identity has to be pinned.</summary>
    public SealTarget(StationCard card) => _card = card;

    /// <summary>The recipient, as the trust store knows it now.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.PeerAmbiguous"/>, <see cref="StationFault.NoCard"/>, <see cref="StationFault.CardNotTrusted"/>,
    /// <see cref="StationFault.CardExpired"/>, <see cref="StationFault.CardNotYetValid"/>, <see cref="StationFault.InvalidKey"/>
    /// </exception>
    internal SealRecipient Resolve(ITrustStore store, DateTimeOffset now)
    {
        if (_card is not null)
        {
            PeerRecord peer = store.Find(_card.Fingerprint, withAddresses: false)
                ?? throw PeerCards.NotTrusted(_card, $"The card is of {_card.Fingerprint}, whom no peer's record names.");
            return SealRecipient.Of(_card, peer.Name, now);
        }

        if (_record is not null)
        {
            return SealRecipient.Of(_record, now);
        }

        return SealRecipient.IsLiteral(_text) ? SealRecipient.Parse(_text!) : SealRecipient.Of(PeerReference.ByName(store, _text!), now);
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? _record?.Name ?? _card!.Fingerprint.ToString();
}
