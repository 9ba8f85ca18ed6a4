using SecureStation.Core.Receipts;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>That the peer has a message in its inbox: what Send-StationMessage -Receipt writes.</summary>
public sealed class StationReceipt
{
    internal StationReceipt(StationSession session, ulong id, int length, DateTimeOffset deliveredAt, SignedReceipt? signed = null)
    {
        Signed = signed;
        Session = session;
        Id = id;
        Length = length;
        DeliveredAt = deliveredAt;
    }

    /// <summary>The message's id: 1, 2, 3 … in this direction of the session.</summary>
    public ulong Id { get; }

    /// <summary>The session that it went through.</summary>
    public StationSession Session { get; }

    /// <summary>Bytes of the message's body.</summary>
    public int Length { get; }

    /// <summary>When this side learnt of the delivery.</summary>
    public DateTimeOffset DeliveredAt { get; }

    /// <summary>What the receiver signed; null where that was not asked for.</summary>
    public SignedReceipt? Signed { get; }

    /// <summary>Whether the receiver signed it.</summary>
    public bool IsSigned => Signed is not null;

    /// <inheritdoc/>
    public override string ToString() => $"{Session.Id}/{Id}";
}
