namespace SecureStation.Core.Listening;

/// <summary>What a listener lends to a protocol for one connection that is in its handshake.</summary>
public interface IPendingConnection
{
    /// <summary>Keeps a place among the listener's sessions for this connection. False: it has as many as it may have.</summary>
    bool TryTakePlace();

    /// <summary>Says that the client's first message is here: the connection is not dropped for newcomers any more and gets the handshake's full time.</summary>
    void FirstMessageRead();

    /// <summary>Runs public-key work when it is this connection's turn.</summary>
    ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken);
}
