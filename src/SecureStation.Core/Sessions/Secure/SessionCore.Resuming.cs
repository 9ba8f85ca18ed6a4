using SecureStation.Core.State;

namespace SecureStation.Core.Sessions.Secure;

// A session between two connections (docs/protocol/station-1.md, section 12).
internal sealed partial class SessionCore
{
    /// <summary>The session goes on after a restart, as the store has it: it waits for a connection from now on.</summary>
    public void Restore(State.StoredSession stored, IReadOnlyList<OutgoingEntry> outgoing, long unreadBytes, long unreadOverhead)
    {
        _wasAttached = true;
        _wasResumable = true;
        _peerMaxMessage = long.MaxValue;
        _send.Restore(stored, outgoing);
        Receiving.Restore(stored.KeptId, stored.KeptBytes, stored.KeptBytes - unreadBytes, unreadOverhead);
        _lostAt = TimeSpan.Zero.After(ResumeWindow);
    }

    /// <summary>The connection is gone; the session waits for another. A message that was under way begins anew there.</summary>
    public void Detach(TimeSpan now)
    {
        _connection = null;
        _lostAt = now.After(ResumeWindow);
        _send.Drop();
        _closing?.Detach();
    }

    /// <summary>The id that this side's Welcome names when a session goes on. What is not durable by now is forgotten: it comes again.</summary>
    public ulong LastIdForWelcome()
    {
        _receive.ForgetUnkept();
        return Receiving.TellInWelcome();
    }

    /// <summary>Looks whether the peer can have this as its last message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it cannot. Nothing has changed.</exception>
    public void CheckLastId(ulong peerHas)
    {
        if (peerHas < Sending.DeliveredId || peerHas > Sending.HighestSentId)
        {
            throw new StationException(StationFault.ProtocolError, $"The peer broke the protocol: it goes on after message {peerHas}, which cannot be the last that it has.");
        }
    }

    /// <summary>The peer answered an attempt to go on: the session has ended there, and this is the last message that it has.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it cannot be.</exception>
    public void EndAfter(ulong peerHas)
    {
        CheckLastId(peerHas);
        _isFinal = true;
        Deliver(peerHas);
        Abort(_closing is null ? PeerReasons.ToEnd((ushort)StationReason.Closed) : PeerReasons.ToAnswer((ushort)StationReason.Closed));
    }
}
