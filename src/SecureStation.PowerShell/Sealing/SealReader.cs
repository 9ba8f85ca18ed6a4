using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>The keys with which the opening cmdlets open, and whom they know. <see cref="Dispose"/> zeroes the keys.</summary>
internal sealed class SealReader : IDisposable
{
    private readonly List<SealIdentity> _identities = [];
    private readonly List<StationSealingKeys> _rings = [];
    private readonly Dictionary<Fingerprint, string> _own = [];

    /// <summary>Whether there is nothing to open with.</summary>
    public bool IsEmpty => _identities.Count == 0;

    /// <summary>Adds sealing keys; what their own identity signed is known too.</summary>
    public void Add(StationSealingKeys ring, string name)
    {
        _rings.Add(ring);
        _identities.AddRange(ring.ToIdentities());
        _own[ring.Fingerprint] = name;
    }

    /// <summary>Adds others who open.</summary>
    public void Add(params IEnumerable<SealIdentity> identities) => _identities.AddRange(identities);

    /// <summary>The terms, by the trust store as it is now.</summary>
    public OpeningTerms ToTerms(ITrustStore store) => new()
    {
        Identities = _identities,
        AreComplete = _rings.All(static ring => ring.IsComplete),
        FindSender = sender => store.Find(sender.Fingerprint, withAddresses: false)?.Name ?? _own.GetValueOrDefault(sender.Fingerprint),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _identities.ForEach(static one => one.Dispose());
        _rings.ForEach(static ring => ring.Dispose());
    }
}
