using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>The stanza of X25519 recipients (age.md, "The X25519 recipient type").</summary>
/// <remarks>
/// <code>
/// -> X25519 SHARE      share = ephemeral · B, 32 bytes
/// body                 wrapped under HKDF(ephemeral · recipient, salt = share ‖ recipient, "age-encryption.org/v1/X25519")
/// </code>
/// </remarks>
internal static class X25519Stanza
{
    public const string Type = "X25519";

    /// <summary>The share of a well-formed stanza.</summary>
    public static byte[] Check(AgeStanza stanza)
    {
        stanza.CheckArguments(1);
        byte[] share = stanza.DecodeArgument(0, X25519.KeyLength);
        stanza.CheckSealedKey();
        return share;
    }

    /// <summary>The wrap key of an agreement, which the caller zeroes.</summary>
    public static byte[] DeriveWrapKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> share, ReadOnlySpan<byte> recipient) =>
        AgeKeys.Derive(secret, [.. share, .. recipient], "age-encryption.org/v1/X25519"u8);

    /// <summary>Agrees on a secret with a point of a stanza. A point of low order, which leaves no secret, is a fault of the header.</summary>
    public static byte[] Agree(X25519PrivateKey key, byte[] point, AgeStanza stanza)
    {
        byte[] secret = new byte[X25519.KeyLength];
        return key.TryComputeSharedSecret(point, secret) ? secret : throw stanza.Malformed("has a share of low order");
    }
}
