using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sessions;

/// <summary>What a handshake established about a session; it does not change afterwards. Holds no secret.</summary>
public sealed record SessionDescription
{
    /// <summary>The name of the station protocol.</summary>
    internal const string StationProtocol = "Station";

    /// <summary>16 bytes as hex, chosen by the responder; equal on both sides.</summary>
    public required string Id { get; init; }

    /// <summary>The protocol's name: <c>Station</c> or a legacy one.</summary>
    public required string Protocol { get; init; }

    /// <summary>The suite: the Noise protocol name for the station protocol.</summary>
    public required string Suite { get; init; }

    /// <summary>What holds against a quantum computer: <c>secrecy: hybrid, authentication: classical</c>; <c>none</c> where the protocol is not secure.</summary>
    public string Security => IsSecure && ProtocolName.TryParse(Suite, out ProtocolName? noise) ? noise.Security : "none";

    /// <summary>Whether the protocol keeps what a secure one promises.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Which side this is.</summary>
    public required StationRole Role { get; init; }

    /// <summary>This side's address.</summary>
    public required string LocalAddress { get; init; }

    /// <summary>The peer's address.</summary>
    public required string RemoteAddress { get; init; }

    /// <summary>This side's identity.</summary>
    public StationPublicKey? LocalPublicKey { get; init; }

    /// <summary>Whether this side's identity exists only in memory.</summary>
    public bool IsLocalKeyTemporary { get; init; }

    /// <summary>The peer's identity.</summary>
    public StationPublicKey? RemotePublicKey { get; init; }

    /// <summary>The peer's name in the trust store, or what it calls itself in a legacy chat.</summary>
    public string? PeerName { get; init; }

    /// <summary>Why the peer is accepted.</summary>
    public TrustBasis TrustBasis { get; init; }

    /// <summary>The services that the peer's record allowed at the handshake; <see cref="StationSession.Capabilities"/> has what holds now.</summary>
    public PeerCapabilities Capabilities { get; init; } = PeerCapabilities.All;

    /// <summary>The Noise handshake hash: equal on both sides, public, not a key.</summary>
    public ReadOnlyMemory<byte> HandshakeHash { get; init; }

    /// <summary>The handshake messages as they went over the wire.</summary>
    public IReadOnlyList<HandshakeStep> HandshakeSteps { get; init; } = [];

    /// <summary>What this side's identity said of its Noise static key.</summary>
    public IdentityStatement? LocalStatement { get; init; }

    /// <summary>What the peer's identity said of its Noise static key.</summary>
    public IdentityStatement? RemoteStatement { get; init; }

    /// <summary>This side's Noise static public key as hex, where the handshake had one.</summary>
    public string? LocalStatic { get; init; }

    /// <summary>The peer's Noise static public key as hex, where the handshake had one.</summary>
    public string? RemoteStatic { get; init; }

    /// <summary>The Noise prologue, where the handshake had one.</summary>
    public ReadOnlyMemory<byte> Prologue { get; init; }

    /// <summary>When connecting began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the handshake was complete.</summary>
    public DateTimeOffset ConnectedAt { get; init; } = DateTimeOffset.UtcNow;
}
