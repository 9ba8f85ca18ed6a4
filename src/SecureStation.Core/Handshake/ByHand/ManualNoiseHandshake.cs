using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Handshake.ByHand;

/// <summary>
/// Any Noise handshake, driven by hand, for peers that speak Noise but not the station protocol. Whom the keys belong to is the caller's affair:
/// there are no identities and no trust decision.
/// </summary>
public sealed class ManualNoiseHandshake : ManualHandshake
{
    private readonly HandshakeState _state;
    private readonly ReadOnlyMemory<byte> _prologue;
    private readonly string? _localStatic;
    private readonly string? _knownRemoteStatic;
    private string? _remoteStatic;

    /// <summary>Starts a handshake. The key pairs stay the caller's.</summary>
    /// <exception cref="StationException">As <see cref="HandshakeState(HandshakeStateOptions)"/>; also <see cref="StationFault.InvalidArgument"/> where a psk is missing.</exception>
    public ManualNoiseHandshake(HandshakeStateOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Protocol, options.IsInitiator ? StationRole.Initiator : StationRole.Responder)
    {
        int psks = options.Protocol.Pattern.PskCount;
        if (options.Psks.Count != psks)
        {
            throw new StationException(StationFault.InvalidArgument, $"{options.Protocol.Pattern.Name} has {psks} psk token(s), but {options.Psks.Count} pre-shared key(s) were given.");
        }

        _state = new HandshakeState(options);
        _prologue = options.Prologue.ToArray();
        _localStatic = options.LocalStatic?.ToString();
        _knownRemoteStatic = options.RemoteStatic is { IsEmpty: false } known ? Convert.ToHexStringLower(known.Span) : null;
        _remoteStatic = _knownRemoteStatic;
        HandshakeHash = Convert.ToHexStringLower(_state.HandshakeHash);
    }

    /// <inheritdoc/>
    public override string Protocol => "Noise";

    /// <inheritdoc/>
    public override string? LocalStatic => _localStatic;

    /// <inheritdoc/>
    public override string? RemoteStatic => _remoteStatic;

    internal override ReadOnlyMemory<byte> Prologue => _prologue;

    private protected override ReadOnlySpan<byte> CurrentHash => _state.HandshakeHash;

    private protected override int WriteCore(ReadOnlySpan<byte> payload, Span<byte> message) => _state.WriteMessage(payload, message);

    private protected override byte[] ReadCore(ReadOnlySpan<byte> message)
    {
        byte[] payload = new byte[Math.Max(0, message.Length - _state.NextMessageOverhead)];
        int length;
        try
        {
            length = _state.ReadMessage(message, payload);
        }
        catch (StationException)
        {
            // A key that came in a message that is not genuine is nobody's.
            _remoteStatic = _knownRemoteStatic;
            throw;
        }

        _remoteStatic = _state.RemoteStatic.IsEmpty ? null : Convert.ToHexStringLower(_state.RemoteStatic);
        return payload[..length];
    }

    private protected override StationSession CompleteCore()
    {
        SessionDescription description = Describe(CurrentHash[..16]) with { LocalStatic = LocalStatic, RemoteStatic = RemoteStatic };
        return new DetachedSession(description, _state.Split());
    }

    private protected override void DisposeCore() => _state.Dispose();
}
