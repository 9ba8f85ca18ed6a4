using SecureStation.Core.Keys;

namespace SecureStation.Core.Handshake;

/// <summary>
/// What an identity says in messages 2 and 3: "this Noise static key is mine" (<see cref="IdentityPayload"/>). Holds no secret.
/// </summary>
/// <param name="Identity">Who says so.</param>
/// <param name="StaticKey">The Noise static public key, 32 bytes.</param>
/// <param name="Signature">The identity's signature over it, purpose <see cref="SignaturePurpose.StaticKey"/>.</param>
public sealed record IdentityStatement(StationPublicKey Identity, ReadOnlyMemory<byte> StaticKey, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Whether the identity signed the static key.</summary>
    public bool Verify() => Identity.Verify(SignaturePurpose.StaticKey, StaticKey.Span, Signature.Span);

    /// <summary>Bytes of the payload that carries it.</summary>
    public int PayloadLength => 2 + Identity.SubjectPublicKeyInfo.Length + Signature.Length;
}
