using SecureStation.Core.Age;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>One pair of sealing keys of an identity, hybrid and X25519, and which cards named it. Shows nothing secret.</summary>
public sealed class StationSealingKey
{
    internal StationSealingKey(long serial, DateTimeOffset made, DateTimeOffset until, HybridIdentity hybrid, X25519Identity x25519)
    {
        Serial = serial;
        Made = made;
        Until = until;
        Hybrid = hybrid;
        X25519 = x25519;
        Recipients = [hybrid.Recipient.ToString(), x25519.Recipient.ToString()];
    }

    /// <summary>The name in the key store that it is from; null of a file.</summary>
    public string? Name { get; internal set; }

    /// <summary>The serial of the newest card that names it, by which it is called.</summary>
    public long Serial { get; }

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset Made { get; }

    /// <summary>Until when the newest card that names it is good: until then, others may seal to it.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The public halves as age recipients.</summary>
    public IReadOnlyList<string> Recipients { get; }

    internal HybridIdentity Hybrid { get; }

    internal X25519Identity X25519 { get; }

    /// <summary>The serial.</summary>
    public override string ToString() => Serial.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The same keys, named by a newer card.</summary>
    internal StationSealingKey NamedBy(StationCard card) => new(card.Serial, Made, card.NotAfter, Hybrid, X25519);
}
