using SecureStation.Core.Keys;

namespace SecureStation.Core.Protocols;

/// <summary>What a listener lends to a protocol for one connection that is in its handshake.</summary>
public interface IPendingConnection
{
    /// <summary>
    /// Keeps a place among the listener's sessions for this connection; asked for once it is known that the client may have one. False: the listener
    /// has as many as it may have, or holds too much that nobody has read, of ended sessions of this peer or of all.
    /// </summary>
    /// <param name="peer">The client's key, where the protocol proves one.</param>
    bool TryTakePlace(Fingerprint? peer = null);

    /// <summary>Gives the place back at once, where the handshake fails after it was taken. Else that happens when the connection has ended.</summary>
    void ReturnPlace();

    /// <summary>
    /// Says that the client's first message is here: it gets the handshake's full time, and counts among those that cost work.
    /// </summary>
    /// <exception cref="OperationCanceledException">The connection had to go for others.</exception>
    void FirstMessageRead();

    /// <summary>Runs public-key work when it is this connection's turn; clients of different sources have it in turn.</summary>
    ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken);
}
