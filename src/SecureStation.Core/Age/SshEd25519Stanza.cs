using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>The stanza of Ed25519 keys of SSH (age's <c>agessh</c>; it is not in the specification).</summary>
/// <remarks>
/// <code>
/// -> ssh-ed25519 TAG SHARE     tag: of the recipient's wire form; share = ephemeral · B, 32 bytes
/// body                         wrapped under HKDF(s, salt = share ‖ point, L), L = "age-encryption.org/v1/ssh-ed25519"
/// point   the recipient's key, mapped to Curve25519
/// tweak = HKDF("", salt = wire form, L)
/// s     = X25519(tweak, ephemeral · point)
/// </code>
/// </remarks>
internal static class SshEd25519Stanza
{
    public const string Type = "ssh-ed25519";

    private static ReadOnlySpan<byte> Label => "age-encryption.org/v1/ssh-ed25519"u8;

    /// <summary>The share of a well-formed stanza.</summary>
    public static byte[] Check(AgeStanza stanza)
    {
        stanza.CheckArguments(2);
        byte[] share = stanza.DecodeArgument(1, X25519.KeyLength);
        stanza.CheckSealedKey();
        return share;
    }

    /// <summary>The wrap key of an agreement, which is zeroed; the caller zeroes the wrap key.</summary>
    public static byte[] DeriveWrapKey(byte[] agreed, ReadOnlySpan<byte> share, ReadOnlySpan<byte> point, ReadOnlySpan<byte> wireForm)
    {
        byte[] tweak = AgeKeys.Derive([], wireForm, Label), secret = new byte[X25519.KeyLength];
        try
        {
            X25519.ComputeSharedSecret(tweak, agreed, secret);
            return AgeKeys.Derive(secret, [.. share, .. point], Label);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
