using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>The fixed keys of one side of an example in the document. Kem: the seed of the initiator's KEM key pair, or the responder's randomness.</summary>
internal sealed record ExampleKeys(byte[] IdentitySeed, byte[] StaticPrivate, byte[] EphemeralPrivate, byte[] Kem)
{
    public static ExampleKeys Initiator { get; } = new(Bytes(0x00), Bytes(0x20), Bytes(0x40), [.. Bytes(0xd0), .. Bytes(0x30)]);

    public static ExampleKeys Responder { get; } = new(Bytes(0x60), Bytes(0x80), Bytes(0xa0), Bytes(0xb0));

    public static byte[] SessionId { get; } = [.. Bytes(0xc0)[..16]];

    public StationHandshake CreateHandshake(StationSuite suite, bool isInitiator)
    {
        var identity = new StationKeyPair(PrivateKey.FromEd25519Seed(IdentitySeed));
        var local = new StationStaticKey(identity, NoiseKeyPair.FromPrivateKey(StaticPrivate));
        var ephemeral = NoiseKeyPair.FromPrivateKey(EphemeralPrivate);

        // Only BouncyCastle's KEM takes randomness.
        return isInitiator
            ? StationHandshake.CreateInitiator(suite, local, default, default, new UnsafeHandshakeKeys(ephemeral, KemSeed: Kem))
            : StationHandshake.CreateResponder(suite, local, new UnsafeHandshakeKeys(ephemeral, KemRandomness: Kem, KemLibrary: MLKem768.Libraries[^1]));
    }

    private static byte[] Bytes(byte first) => [.. Enumerable.Range(first, 32).Select(static i => (byte)i)];
}
