using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Handshake.ByHand;

/// <summary>
/// A handshake whose messages the caller carries itself, over any channel. Each side takes turns with <see cref="Write"/> and
/// <see cref="Read"/>; <see cref="Complete"/> ends it. What goes wrong while a message is read ends it for good; a call out of turn changes
/// nothing. No property holds a secret. Thread-safe.
/// </summary>
public abstract class ManualHandshake : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<HandshakeStep> _steps = new(4);

    private protected ManualHandshake(ProtocolName protocol, StationRole role)
    {
        Noise = protocol;
        Role = role;
        State = IsMyTurn(0) ? ManualHandshakeState.WriteDue : ManualHandshakeState.ReadDue;
    }

    /// <summary><c>Station</c> for the station's own handshake, <c>Noise</c> for another.</summary>
    public abstract string Protocol { get; }

    /// <summary>The Noise protocol name.</summary>
    public string Suite => Noise.Name;

    /// <inheritdoc cref="ProtocolName.Security"/>
    public string Security => Noise.Security;

    /// <summary>The handshake pattern with its modifiers.</summary>
    public string Pattern => Noise.Pattern.Name;

    /// <summary>Which side this is.</summary>
    public StationRole Role { get; }

    /// <summary>What is due.</summary>
    public ManualHandshakeState State { get; private set; }

    /// <summary>How many messages the handshake has.</summary>
    public int MessageCount => Noise.MessageCount;

    /// <summary>How many of them have been written and read.</summary>
    public int MessagesDone => _steps.Count;

    /// <summary>The next message's tokens, <c>&lt;- e, ee, s, es</c>; null where none is left.</summary>
    public string? NextMessage => State is ManualHandshakeState.WriteDue or ManualHandshakeState.ReadDue ? Noise.Pattern.Messages[MessagesDone].ToString() : null;

    /// <summary>The payload of the message read last; null before the first.</summary>
    public byte[]? ReceivedPayload { get; private set; }

    /// <summary>This side's identity; null in raw Noise.</summary>
    public virtual StationPublicKey? LocalPublicKey => null;

    /// <summary>The peer's identity, proven; null until its message was read, and in raw Noise.</summary>
    public virtual StationPublicKey? RemotePublicKey => null;

    /// <summary>The fingerprint of this side's identity.</summary>
    public string? LocalFingerprint => LocalPublicKey?.Fingerprint.ToString();

    /// <summary>The fingerprint of the peer's identity.</summary>
    public string? RemoteFingerprint => RemotePublicKey?.Fingerprint.ToString();

    /// <summary>This side's Noise static public key as hex; null where the pattern has none.</summary>
    public abstract string? LocalStatic { get; }

    /// <summary>The peer's Noise static public key as hex; null until it is known.</summary>
    public abstract string? RemoteStatic { get; }

    /// <summary>The handshake hash so far, as hex; null after a failure. It is public, not a key.</summary>
    public string? HandshakeHash { get; private protected set; }

    /// <summary>The messages so far.</summary>
    public IReadOnlyList<HandshakeStep> Steps => _steps;

    /// <summary>Why it failed; null where it did not.</summary>
    public StationException? Failure { get; private set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The protocol.</summary>
    internal ProtocolName Noise { get; }

    /// <summary>The prologue.</summary>
    internal abstract ReadOnlyMemory<byte> Prologue { get; }

    /// <summary>Writes this side's next message.</summary>
    /// <param name="payload">What to send along; the station's own handshake makes its payloads itself.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: it is not this side's turn, or the handshake is over; <see cref="StationFault.InvalidArgument"/>: a payload
    /// that is too long or not allowed; nothing has changed in both cases. <see cref="StationFault.HandshakeFailed"/>: the peer's key is unusable.
    /// </exception>
    public HandshakeMessage Write(ReadOnlySpan<byte> payload = default)
    {
        lock (_gate)
        {
            Require(ManualHandshakeState.WriteDue);
            byte[] buffer = new byte[CheckPayload(payload.Length)];
            int length = Attempt(payload, (self, bytes) => self.WriteCore(bytes, buffer));
            byte[] message = buffer[..length];
            Record(isFromMe: true, message);
            return new HandshakeMessage(Noise, MessagesDone, message);
        }
    }

    /// <summary>Reads the peer's next message; in the station's own handshake this also decides whether the peer is trusted.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: it is not the peer's turn, or the handshake is over; nothing has changed. Everything else ends the handshake:
    /// <see cref="StationFault.HandshakeFailed"/>: the message is not genuine; <see cref="StationFault.PeerUntrusted"/>, <see cref="StationFault.PeerKeyChanged"/>.
    /// </exception>
    public void Read(HandshakeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_gate)
        {
            Require(ManualHandshakeState.ReadDue);
            ReceivedPayload = Attempt(message.Span, static (self, bytes) => self.ReadCore(bytes));
            Record(isFromMe: false, message.ToBytes());
            Attempt(default, static (self, _) => self.Decide());
        }
    }

    /// <summary>
    /// Ends the handshake with Split(), without a connection: the session protects messages for any channel and has channel bindings.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: messages are still to come, or the handshake is over.</exception>
    public StationSession Complete()
    {
        lock (_gate)
        {
            Require(ManualHandshakeState.MessagesComplete);
            StationSession session = CompleteCore();
            State = ManualHandshakeState.Completed;
            DisposeCore();
            return session;
        }
    }

    /// <summary>Zeroes every secret; no step is possible afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (State is not (ManualHandshakeState.Completed or ManualHandshakeState.Failed))
            {
                State = ManualHandshakeState.Disposed;
            }

            DisposeCore();
        }

        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Suite} {Role}: {State}, {MessagesDone} of {MessageCount} messages";

    /// <summary>Bytes that the next message has with such a payload; refuses one that cannot be sent.</summary>
    private protected virtual int CheckPayload(int payloadLength)
    {
        int length = Noise.Pattern.Messages[MessagesDone].Overhead + payloadLength;
        return length <= HandshakeState.MaxMessageLength
            ? length
            : throw new StationException(StationFault.InvalidArgument, $"A Noise message has at most {HandshakeState.MaxMessageLength} bytes; with {payloadLength} bytes of payload this one would have {length}.");
    }

    private protected abstract int WriteCore(ReadOnlySpan<byte> payload, Span<byte> message);

    private protected abstract byte[] ReadCore(ReadOnlySpan<byte> message);

    /// <summary>Decides about the peer if its identity has just become known; throws where it is not trusted.</summary>
    private protected virtual int Decide() => 0;

    private protected abstract ReadOnlySpan<byte> CurrentHash { get; }

    private protected abstract StationSession CompleteCore();

    private protected abstract void DisposeCore();

    /// <summary>Hands the finished handshake over to whoever makes a session of it; from then on no step is left.</summary>
    private protected void TakeCompleted()
    {
        lock (_gate)
        {
            Require(ManualHandshakeState.MessagesComplete);
            State = ManualHandshakeState.Completed;
        }
    }

    private protected SessionDescription Describe(ReadOnlySpan<byte> id) => new()
    {
        Id = Convert.ToHexStringLower(id),
        Protocol = Protocol,
        Suite = Suite,
        IsSecure = true,
        Role = Role,
        LocalAddress = "by hand",
        RemoteAddress = "by hand",
        HandshakeHash = CurrentHash.ToArray(),
        HandshakeSteps = [.. _steps],
        Prologue = Prologue,
        StartedAt = StartedAt,
    };

    private void Record(bool isFromMe, byte[] message)
    {
        MessagePattern pattern = Noise.Pattern.Messages[MessagesDone];
        _steps.Add(new HandshakeStep(MessagesDone + 1, isFromMe == (Role == StationRole.Initiator), message, message.Length - pattern.Overhead, DateTimeOffset.UtcNow));
        HandshakeHash = Convert.ToHexStringLower(CurrentHash);
        State = MessagesDone == MessageCount ? ManualHandshakeState.MessagesComplete
            : IsMyTurn(MessagesDone) ? ManualHandshakeState.WriteDue
            : ManualHandshakeState.ReadDue;
    }

    private bool IsMyTurn(int index) => Noise.Pattern.Messages[index].IsFromInitiator == (Role == StationRole.Initiator);

    private delegate T Work<T>(ManualHandshake self, ReadOnlySpan<byte> bytes);

    /// <summary>Runs a step; what fails in it ends the handshake.</summary>
    private T Attempt<T>(ReadOnlySpan<byte> bytes, Work<T> work)
    {
        try
        {
            return work(this, bytes);
        }
        catch (StationException e)
        {
            State = ManualHandshakeState.Failed;
            Failure = e;
            HandshakeHash = null;
            DisposeCore();
            throw;
        }
    }

    private void Require(ManualHandshakeState wanted)
    {
        if (State != wanted)
        {
            throw new StationException(StationFault.InvalidState, $"The handshake is in the state {State}: {DescribeState()}");
        }
    }

    private string DescribeState() => State switch
    {
        ManualHandshakeState.WriteDue => $"message {MessagesDone + 1} of {MessageCount} ({NextMessage}) is this side's to write.",
        ManualHandshakeState.ReadDue => $"message {MessagesDone + 1} of {MessageCount} ({NextMessage}) must come from the peer.",
        ManualHandshakeState.MessagesComplete => "all messages are through; complete it.",
        ManualHandshakeState.Completed => "it has become a session and no step is left.",
        ManualHandshakeState.Failed => $"it cannot go on; begin a new one. ({Failure!.Message})",
        _ => "begin a new one.",
    };
}
