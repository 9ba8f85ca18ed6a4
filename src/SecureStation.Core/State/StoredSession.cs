using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.State;

/// <summary>A session as a state has it.</summary>
internal sealed record StoredSession
{
    /// <summary>What its messages are kept under; 0 before it is written.</summary>
    public long Number { get; init; }

    public required string Id { get; init; }

    public required StationRole Role { get; init; }

    public SessionKey Key => new(Id, Role);

    /// <summary>The address that was asked for, of an initiator's.</summary>
    public required string Address { get; init; }

    public required StationPublicKey Peer { get; init; }

    public required string Suite { get; init; }

    public required DateTimeOffset Begun { get; init; }

    /// <summary>The last message that was accepted.</summary>
    public ulong AcceptedId { get; init; }

    /// <summary>The last message that the peer has, and the body bytes up to it.</summary>
    public ulong DeliveredId { get; init; }

    public long DeliveredBytes { get; init; }

    /// <summary>The last message that came in, and the body bytes up to it.</summary>
    public ulong KeptId { get; init; }

    public long KeptBytes { get; init; }

    /// <summary>Messages up to this one may have been given out.</summary>
    public ulong GivenId { get; init; }

    /// <summary>Why it is over; null while it can go on.</summary>
    public string? Over { get; init; }

    /// <summary>How many messages were accepted and not acknowledged.</summary>
    public long Undelivered { get; init; }

    /// <summary>How many messages came in and were not taken.</summary>
    public long Unread { get; init; }

    /// <summary>Messages that came in and that a session of this process gave out, which failed before that was written: ranges of ids.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Taken { get; init; } = [];

    /// <summary>What was accepted and not acknowledged.</summary>
    public IReadOnlyList<(ulong Id, OutgoingMessage Message)> Outgoing { get; init; } = [];

    /// <summary>What came in and was not taken.</summary>
    public IReadOnlyList<(ulong Id, OutgoingMessage Message)> Incoming { get; init; } = [];

    /// <summary>What came in and was not taken, as it is given out; what an earlier process may have given out before it died is marked.</summary>
    public List<StationMessage> ToGiveOut(StationSession session) =>
    [
        .. Incoming.Select(entry => new StationMessage(session, entry.Id, entry.Message.InReplyTo, entry.Message.Kind, entry.Message.Headers, entry.Message.Body.ToArray()) { Redelivered = entry.Id <= GivenId }),
    ];
}
