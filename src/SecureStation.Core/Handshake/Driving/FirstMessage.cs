using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>
/// An initiator's preamble and message 1, and the handshake that they begin. Nothing in them hangs on what the peer says, so that their keys can be made
/// while the connection is. For one connection: disposing it ends the handshake and its keys.
/// </summary>
internal sealed class FirstMessage : IDisposable
{
    private FirstMessage(StationHandshake handshake, ReadOnlyMemory<byte> bytes, DateTimeOffset startedAt)
    {
        Handshake = handshake;
        Bytes = bytes;
        StartedAt = startedAt;
    }

    /// <summary>The handshake, for which message 2 is due.</summary>
    public StationHandshake Handshake { get; }

    /// <summary>What goes out first: the preamble line, u16 length, message 1.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>When the handshake began: before its first step.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Begins a handshake.</summary>
    public static FirstMessage Create(StationSuite suite, StationStaticKey local, StationInvitation? invitation)
    {
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        StationHandshake handshake = StationHandshake.CreateInitiator(suite, local, invitation);
        try
        {
            return new FirstMessage(handshake, HandshakeChannel.Format(handshake, Preamble.Format(suite.Name)), startedAt);
        }
        catch
        {
            handshake.Dispose();
            throw;
        }
    }

    public void Dispose() => Handshake.Dispose();
}
