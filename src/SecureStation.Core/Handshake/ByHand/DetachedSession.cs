using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Handshake.ByHand;

/// <summary>
/// What a handshake by hand ends in: a session without a connection. It protects messages for any channel
/// (<see cref="StationSession.Protector"/>), has channel bindings (<see cref="StationSession.Export"/>) and, for peers that speak raw Noise,
/// makes and reads Noise transport messages. Nothing can be sent through it.
/// </summary>
public sealed class DetachedSession : StationSession
{
    private readonly TransportState _noise;
    private readonly Lock _gate = new();
    private volatile bool _isClosed;

    internal DetachedSession(SessionDescription description, TransportState noise)
        : base(description) => _noise = noise;

    /// <inheritdoc/>
    public override StationSessionState State => _isClosed ? StationSessionState.Closed : StationSessionState.Open;

    /// <inheritdoc/>
    public override long MessagesSent => 0;

    /// <inheritdoc/>
    public override long MessagesReceived => 0;

    /// <inheritdoc/>
    public override long BytesSent => 0;

    /// <inheritdoc/>
    public override long BytesReceived => 0;

    /// <inheritdoc/>
    public override byte[] Export(string label, int length) => _noise.Export(label, length);

    /// <summary>Encrypts the next Noise transport message, in order, as the specification has it: for peers of raw Noise.</summary>
    /// <param name="plaintext">65,519 bytes at most.</param>
    /// <exception cref="StationException">As <see cref="TransportState.Write(ReadOnlySpan{byte}, Span{byte})"/>.</exception>
    public byte[] EncryptTransport(byte[] plaintext)
    {
        ArgumentNullException.ThrowIfNull(plaintext);
        byte[] message = new byte[plaintext.Length + TransportState.TagLength];
        lock (_gate)
        {
            _noise.Write(plaintext, message);
            return message;
        }
    }

    /// <summary>Decrypts the next Noise transport message, in order: from peers of raw Noise. A failure moves nothing.</summary>
    /// <exception cref="StationException">As <see cref="TransportState.Read(ReadOnlySpan{byte}, Span{byte})"/>.</exception>
    public byte[] DecryptTransport(byte[] message)
    {
        ArgumentNullException.ThrowIfNull(message);
        byte[] plaintext = new byte[Math.Max(0, message.Length - TransportState.TagLength)];
        lock (_gate)
        {
            _noise.Read(message, plaintext);
            return plaintext;
        }
    }

    /// <summary>Refuses: there is no connection.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>, always.</exception>
    public override ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default) => throw NoConnection();

    /// <summary>Refuses: there is no connection.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>, always.</exception>
    public override Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default) => throw NoConnection();

    /// <summary>Forgets the keys.</summary>
    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Abort();
        return Task.CompletedTask;
    }

    /// <summary>Forgets the keys.</summary>
    public override void Abort()
    {
        lock (_gate)
        {
            _isClosed = true;
            _noise.Dispose();
        }

        EndProtector();
        Inbox.Finish(new StationException(StationFault.SessionClosed, "The session was closed."));
    }

    private static StationException NoConnection() => new(
        StationFault.InvalidState,
        "This session has no connection: protect messages for another channel (Protect-StationMessage), or complete the handshake with a stream (Complete-StationHandshake -Stream).");
}
