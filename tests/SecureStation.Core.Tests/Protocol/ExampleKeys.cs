using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>The fixed keys of one side of the document's example.</summary>
internal sealed record ExampleKeys(byte[] IdentitySeed, byte[] StaticPrivate, byte[] EphemeralPrivate)
{
    public const string Suite = StationSuite.Default;

    public static ExampleKeys Initiator { get; } = new(Bytes(0x00), Bytes(0x20), Bytes(0x40));

    public static ExampleKeys Responder { get; } = new(Bytes(0x60), Bytes(0x80), Bytes(0xa0));

    public static byte[] SessionId { get; } = [.. Bytes(0xc0)[..16]];

    public StationHandshake CreateHandshake(bool isInitiator)
    {
        var identity = new StationKeyPair(PrivateKey.FromEd25519Seed(IdentitySeed));
        var local = new StationStaticKey(identity, NoiseKeyPair.FromPrivateKey(StaticPrivate));
        var ephemeral = NoiseKeyPair.FromPrivateKey(EphemeralPrivate);
        return isInitiator
            ? StationHandshake.CreateInitiator(Suite, local, default, default, ephemeral)
            : StationHandshake.CreateResponder(Suite, local, ephemeral);
    }

    private static byte[] Bytes(byte first) => [.. Enumerable.Range(first, 32).Select(static i => (byte)i)];
}
