using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Handshake;

/// <summary>What a handshake uses in place of new random values: for tests that replay one.</summary>
/// <param name="Ephemeral">The ephemeral key pair.</param>
/// <param name="KemSeed">The seed of the KEM key pair (initiator, hybrid suites).</param>
/// <param name="KemRandomness">The randomness of the encapsulation (responder, hybrid suites).</param>
/// <param name="KemLibrary">The library that computes the KEM.</param>
internal sealed record UnsafeHandshakeKeys(NoiseKeyPair Ephemeral, byte[]? KemSeed = null, byte[]? KemRandomness = null, MLKem768? KemLibrary = null);
