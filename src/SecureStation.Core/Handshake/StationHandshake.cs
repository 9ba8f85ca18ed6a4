using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake;

/// <summary>
/// The station handshake on top of Noise XX or XXhfs, without I/O: it eats and returns Noise messages.
/// <code>
/// 1  ->  e (, e1)                    payload: empty, or the invitation id (psk3)
/// 2  &lt;-  e, ee (, ekem1), s, es      payload: the responder's identity
/// 3  ->  s, se (, psk)               payload: the initiator's identity
/// </code>
/// The prologue is the preamble's bytes. The caller decides about <see cref="RemoteIdentity"/> before it goes on.
/// </summary>
public sealed class StationHandshake : IDisposable
{
    /// <summary>The longest handshake message, in bytes.</summary>
    public const int MaxMessageLength = 4096;

    private readonly HandshakeState _noise;
    private readonly StationStaticKey _local;
    private readonly byte[] _invitationId;
    private readonly List<HandshakeStep> _steps = new(3);

    private StationHandshake(StationSuite suite, bool isInitiator, StationStaticKey local, ReadOnlyMemory<byte> invitationId, UnsafeHandshakeKeys? given)
    {
        Suite = suite;
        IsInitiator = isInitiator;
        _local = local;
        _invitationId = invitationId.ToArray();
        _noise = new HandshakeState(new HandshakeStateOptions
        {
            Protocol = suite.Noise,
            IsInitiator = isInitiator,
            Prologue = Preamble.Format(suite.Name),
            LocalStatic = local.Noise,
            UnsafeLocalEphemeral = given?.Ephemeral,
            Ephemerals = local.Ephemerals,
            UnsafeKemSeed = given?.KemSeed,
            UnsafeKemRandomness = given?.KemRandomness,
            KemLibrary = given?.KemLibrary,
        });
    }

    /// <summary>The suite.</summary>
    public StationSuite Suite { get; }

    /// <summary>Whether this side sends message 1.</summary>
    public bool IsInitiator { get; }

    /// <summary>The identity on this side.</summary>
    public StationKeyPair LocalIdentity => _local.Identity;

    /// <summary>The peer's identity, verified, once its message has been read.</summary>
    public StationPublicKey? RemoteIdentity => RemoteStatement?.Identity;

    /// <summary>What this side's identity says of its static key.</summary>
    public IdentityStatement LocalStatement => _local.Statement;

    /// <summary>What the peer's identity says of its static key, verified, once its message has been read.</summary>
    public IdentityStatement? RemoteStatement { get; private set; }

    /// <summary>The invitation id that message 1 brought (responder), empty without one.</summary>
    public ReadOnlyMemory<byte> InvitationId { get; private set; }

    /// <summary>Whether this side writes next.</summary>
    public bool IsMyTurn => _noise.IsMyTurn;

    /// <summary>The payload of the message that was read last; empty before the first. It went encrypted where the pattern says so, but holds no key.</summary>
    public ReadOnlyMemory<byte> ReceivedPayload { get; private set; }

    /// <summary>Whether all three messages are through.</summary>
    public bool IsComplete => _noise.IsComplete;

    /// <summary>The messages so far.</summary>
    public IReadOnlyList<HandshakeStep> Steps => _steps;

    /// <summary>The handshake hash so far; public, not a key.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _noise.HandshakeHash;

    /// <summary>Bytes in the message that this side writes next.</summary>
    public int NextMessageLength => _noise.NextMessageOverhead + NextPayload.Length;

    /// <summary>The message that is due, or was just being read.</summary>
    public HandshakeStage Stage => _steps.Count switch
    {
        0 => HandshakeStage.Message1,
        1 => HandshakeStage.Message2,
        2 => HandshakeStage.Message3,
        _ => HandshakeStage.Welcome,
    };

    /// <summary>The side that sends message 1; with the invitation's id and secret in a psk3 suite.</summary>
    public static StationHandshake CreateInitiator(StationSuite suite, StationStaticKey local, ReadOnlyMemory<byte> invitationId = default, ReadOnlySpan<byte> invitationSecret = default) =>
        CreateInitiator(suite, local, invitationId, invitationSecret, given: null);

    /// <summary>The side that answers message 1. In a psk3 suite, <see cref="SetInvitationSecret(ReadOnlySpan{byte})"/> comes before message 3.</summary>
    public static StationHandshake CreateResponder(StationSuite suite, StationStaticKey local) => CreateResponder(suite, local, given: null);

    /// <summary>The side that sends message 1, with the invitation that a psk3 suite needs.</summary>
    internal static StationHandshake CreateInitiator(StationSuite suite, StationStaticKey local, StationInvitation? invitation) => invitation is null
        ? CreateInitiator(suite, local)
        : invitation.UsePsk(psk => CreateInitiator(suite, local, invitation.Id, psk));

    internal static StationHandshake CreateInitiator(
        StationSuite suite, StationStaticKey local, ReadOnlyMemory<byte> invitationId, ReadOnlySpan<byte> invitationSecret, UnsafeHandshakeKeys? given)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(local);
        if (suite.NeedsInvitation == invitationSecret.IsEmpty)
        {
            throw new StationException(StationFault.InvalidArgument, $"{suite} {(invitationSecret.IsEmpty ? "needs an" : "takes no")} invitation.");
        }

        var handshake = new StationHandshake(suite, isInitiator: true, local, invitationId, given);
        if (!invitationSecret.IsEmpty)
        {
            handshake.SetInvitationSecret(invitationSecret);
        }

        return handshake;
    }

    internal static StationHandshake CreateResponder(StationSuite suite, StationStaticKey local, UnsafeHandshakeKeys? given)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(local);
        return new StationHandshake(suite, isInitiator: false, local, default, given);
    }

    /// <summary>Gives the invitation's 32-byte secret, any time before message 3.</summary>
    public void SetInvitationSecret(ReadOnlySpan<byte> secret) => _noise.SetPsk(0, secret);

    /// <inheritdoc cref="SetInvitationSecret(ReadOnlySpan{byte})"/>
    internal void SetInvitationSecret(StationInvitation invitation) => invitation.UsePsk(psk =>
    {
        SetInvitationSecret(psk);
        return psk.Length;
    });

    /// <summary>Writes this side's next message; returns its length.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/> or <see cref="StationFault.InvalidState"/>.</exception>
    public int Write(Span<byte> message)
    {
        ReadOnlySpan<byte> payload = NextPayload;
        int length;
        try
        {
            length = _noise.WriteMessage(payload, message);
        }
        catch (StationException e) when (e.Fault == StationFault.HandshakeFailed)
        {
            throw Error("the message cannot be written (the peer's key is of low order)", Stage, e);
        }

        Record(IsInitiator, message[..length], payload.Length);
        return length;
    }

    /// <summary>Reads the peer's next message and verifies the identity in it. A failure ends the handshake.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/> with its stage.</exception>
    public void Read(ReadOnlySpan<byte> message)
    {
        HandshakeStage stage = Stage;
        if (message.Length > MaxMessageLength)
        {
            throw Error($"a message of {message.Length} bytes", stage);
        }

        byte[] payload = new byte[Math.Max(0, message.Length - _noise.NextMessageOverhead)];
        int length;
        try
        {
            length = _noise.ReadMessage(message, payload);
        }
        catch (StationException e) when (e.Fault is StationFault.HandshakeFailed or StationFault.DecryptionFailed)
        {
            throw Error(stage == HandshakeStage.Message3 && Suite.NeedsInvitation
                ? "the message cannot be read (another invitation secret, or tampering)"
                : "the message cannot be read", stage, e);
        }

        try
        {
            TakePayload(payload.AsSpan(0, length), stage);
        }
        catch
        {
            // Noise itself is content with the message: what was refused must not go on to Split all the same.
            _noise.Dispose();
            throw;
        }

        ReceivedPayload = payload.AsMemory(0, length);
        Record(!IsInitiator, message, length);
    }

    /// <summary>Ends the handshake; every further call refuses.</summary>
    public TransportState Split() => _noise.Split();

    /// <inheritdoc/>
    public void Dispose() => _noise.Dispose();

    private ReadOnlySpan<byte> NextPayload => _steps.Count == 0 ? _invitationId : _local.Payload;

    private void TakePayload(ReadOnlySpan<byte> payload, HandshakeStage stage)
    {
        if (stage != HandshakeStage.Message1)
        {
            RemoteStatement = _local.Peers.Verify(payload, _noise.RemoteStatic, stage);
            return;
        }

        if (payload.Length != Suite.Message1PayloadLength)
        {
            throw Error($"a payload of {payload.Length} bytes where {Suite.Message1PayloadLength} are due", stage);
        }

        InvitationId = payload.ToArray();
    }

    private void Record(bool isFromInitiator, ReadOnlySpan<byte> message, int payloadLength) =>
        _steps.Add(new HandshakeStep(_steps.Count + 1, isFromInitiator, message.ToArray(), payloadLength, DateTimeOffset.UtcNow));

    private static StationException Error(string what, HandshakeStage stage, Exception? inner = null) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {what}.", inner) { Stage = stage };
}
