using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>What a <see cref="HandshakeState"/> is made of: the arguments of the specification's Initialize().</summary>
public sealed class HandshakeStateOptions
{
    /// <summary>The protocol.</summary>
    public required ProtocolName Protocol { get; init; }

    /// <summary>Whether this side sends the first message.</summary>
    public required bool IsInitiator { get; init; }

    /// <summary>What both sides must agree on beside the handshake; a difference makes it fail.</summary>
    public ReadOnlyMemory<byte> Prologue { get; init; }

    /// <summary>This side's static key pair, where the pattern has one. It stays the caller's.</summary>
    public NoiseKeyPair? LocalStatic { get; init; }

    /// <summary>The ephemeral key pair to use in place of a new one. For tests with known results only: used twice it gives the keys away.</summary>
    public NoiseKeyPair? UnsafeLocalEphemeral { get; init; }

    /// <summary>Where the ephemeral key pair comes from; null: it is made when it is needed.</summary>
    internal SpareEphemeral? Ephemerals { get; init; }

    /// <summary>The seed of the KEM key pair to use in place of a new one: for tests with known results.</summary>
    internal ReadOnlyMemory<byte> UnsafeKemSeed { get; init; }

    /// <summary>The randomness of the encapsulation, in place of new: for tests with known results.</summary>
    internal ReadOnlyMemory<byte> UnsafeKemRandomness { get; init; }

    /// <summary>The library that computes the KEM: for tests, which try all that there are.</summary>
    internal MLKem768? KemLibrary { get; init; }

    /// <summary>The peer's static public key, 32 bytes, where the pattern has it known beforehand.</summary>
    public ReadOnlyMemory<byte>? RemoteStatic { get; init; }

    /// <summary>
    /// The pre-shared keys, 32 bytes each, one for each psk token in order. An empty one, or no list at all,
    /// means that <see cref="HandshakeState.SetPsk"/> brings it later.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Psks { get; init; } = [];
}
