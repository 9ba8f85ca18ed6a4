using System.Buffers.Binary;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Handshake;

/// <summary>
/// The payload of messages 2 and 3, which binds a Noise static key to an identity:
/// <code>
/// u16 length | SubjectPublicKeyInfo DER | signature (to the end) over "SecureStation/1 static-key" 00 ‖ the 32-byte static key
/// </code>
/// The construction of libp2p-noise, with a statement of our own.
/// </summary>
public static class IdentityPayload
{
    /// <summary>Makes the payload for a static key, signing once.</summary>
    public static byte[] Create(StationKeyPair identity, ReadOnlySpan<byte> noiseStaticKey) => Format(Sign(identity, noiseStaticKey));

    /// <summary>Has an identity sign a static key.</summary>
    public static IdentityStatement Sign(StationKeyPair identity, ReadOnlySpan<byte> noiseStaticKey)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new IdentityStatement(identity.PublicKey, noiseStaticKey.ToArray(), identity.Sign(SignaturePurpose.StaticKey, noiseStaticKey));
    }

    /// <summary>The payload that carries a statement.</summary>
    public static byte[] Format(IdentityStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ReadOnlySpan<byte> spki = statement.Identity.SubjectPublicKeyInfo.Span;
        byte[] payload = new byte[statement.PayloadLength];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)spki.Length);
        spki.CopyTo(payload.AsSpan(2));
        statement.Signature.Span.CopyTo(payload.AsSpan(2 + spki.Length));
        return payload;
    }

    /// <summary>Reads the identity and verifies that it signed the static key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>: malformed, an unusable key, or a bad signature.</exception>
    public static IdentityStatement Verify(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> noiseStaticKey, HandshakeStage stage)
    {
        if (payload.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(payload) is var length && payload.Length - 2 <= length)
        {
            throw Error("the identity payload is truncated", stage);
        }

        StationPublicKey identity;
        try
        {
            identity = StationPublicKey.FromSubjectPublicKeyInfo(payload.Slice(2, length));
        }
        catch (StationException e)
        {
            throw Error($"the peer's identity key is unusable ({e.Message})", stage, e);
        }

        var statement = new IdentityStatement(identity, noiseStaticKey.ToArray(), payload[(2 + length)..].ToArray());
        return statement.Verify()
            ? statement
            : throw Error($"{identity.Fingerprint} did not sign the peer's static key", stage);
    }

    private static StationException Error(string what, HandshakeStage stage, Exception? inner = null) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {what}.", inner) { Stage = stage };
}
