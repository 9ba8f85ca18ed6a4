using SecureStation.Core;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>What became of one message to one of many: what Send-StationMessage writes for each session or member of a group.</summary>
public sealed class StationSendResult
{
    internal StationSendResult(string peer, StationSession? session, ulong id, int length, StationException? error, bool isDelivered)
    {
        Peer = peer;
        Session = session;
        Id = id;
        Length = length;
        Error = error;
        Status = error is not null ? error.Fault.ToString() : isDelivered ? "Delivered" : "Accepted";
    }

    /// <summary>The member's or session's peer: its name, fingerprint or address.</summary>
    public string Peer { get; }

    /// <summary>The session that it went through; null where there was none.</summary>
    public StationSession? Session { get; }

    /// <summary>The message's id in that session; 0 where it was not accepted.</summary>
    public ulong Id { get; }

    /// <summary>Bytes of the message's body.</summary>
    public int Length { get; }

    /// <summary>Accepted: in the outbox. Delivered: in the peer's inbox. Else the error's id: SessionClosed, Timeout, Undelivered, Unknown and the rest.</summary>
    public string Status { get; }

    /// <summary>Why it failed; null where it did not.</summary>
    public StationException? Error { get; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; } = DateTimeOffset.Now;

    /// <inheritdoc/>
    public override string ToString() => $"{Peer}: {Status}";
}
