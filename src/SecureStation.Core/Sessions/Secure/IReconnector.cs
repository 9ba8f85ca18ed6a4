using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>Makes another connection to the peer of a session that was cut. One attempt at a time.</summary>
internal interface IReconnector : IDisposable
{
    /// <summary>Connects, shakes hands with the session's peer alone, and asks it to go on.</summary>
    /// <param name="session">The session.</param>
    /// <param name="lastId">The last message that this side has.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StationException">
    /// There was no answer, or not of that peer. <see cref="StationFault.PeerKeyChanged"/>: the session's peer is not to be believed any more.
    /// </exception>
    Task<ResumeAnswer> ConnectAsync(SecureSession session, ulong lastId, CancellationToken cancellationToken);
}

/// <summary>What the peer answered: its Welcome, or, where that is null, its Close.</summary>
/// <param name="Connection">The connection; the caller owns it.</param>
/// <param name="Welcome">The peer's Welcome.</param>
/// <param name="Close">The peer's Close.</param>
/// <param name="Description">What the new handshake established.</param>
internal sealed record ResumeAnswer(SecureConnection Connection, WelcomeFrame? Welcome, ControlFrame Close, SessionDescription Description);
