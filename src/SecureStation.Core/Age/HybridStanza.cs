using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>The stanza of hybrid recipients (age 1.3): HPKE (RFC 9180), base mode, over <see cref="XWing"/>.</summary>
/// <remarks>
/// <code>
/// -> mlkem768x25519 ENC     enc: 1120 bytes, one line of 1494 characters
/// body                      the file key under HPKE's key and base nonce: X-Wing (647a), HKDF-SHA256 (1), ChaCha20Poly1305 (3)
/// </code>
/// </remarks>
internal static class HybridStanza
{
    public const string Type = "mlkem768x25519";

    private static readonly byte[] s_suite = [.. "HPKE"u8, 0x64, 0x7a, 0x00, 0x01, 0x00, 0x03];

    // mode 0 (base) ‖ hash of no PSK id ‖ hash of the info: the same for every file.
    private static readonly byte[] s_context =
    [
        0,
        .. LabeledExtract([], "psk_id_hash"u8, []),
        .. LabeledExtract([], "info_hash"u8, "age-encryption.org/mlkem768x25519"u8),
    ];

    /// <summary>The encapsulated key of a well-formed stanza.</summary>
    public static byte[] Check(AgeStanza stanza)
    {
        stanza.CheckArguments(1);
        byte[] encapsulated = stanza.DecodeArgument(0, XWing.EncapsulatedLength);
        stanza.CheckSealedKey();
        return encapsulated;
    }

    /// <summary>Wraps a file key with the KEM's secret.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> fileKey)
    {
        byte[] prk = LabeledExtract(secret, "secret"u8, []);
        byte[] key = LabeledExpand(prk, "key"u8, AeadCipher.KeyLength), nonce = LabeledExpand(prk, "base_nonce"u8, AeadCipher.NonceLength);
        byte[] body = AgeKeys.Wrap(key, nonce, fileKey);
        Zero(prk, key, nonce);
        return body;
    }

    /// <summary>Unwraps a body with the KEM's secret.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body)
    {
        byte[] prk = LabeledExtract(secret, "secret"u8, []);
        byte[] key = LabeledExpand(prk, "key"u8, AeadCipher.KeyLength), nonce = LabeledExpand(prk, "base_nonce"u8, AeadCipher.NonceLength);
        byte[]? fileKey = AgeKeys.Unwrap(key, nonce, body);
        Zero(prk, key, nonce);
        return fileKey;
    }

    // RFC 9180, section 4.
    private static byte[] LabeledExtract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> ikm)
    {
        byte[] prk = new byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. s_suite, .. label, .. ikm], salt, prk);
        return prk;
    }

    private static byte[] LabeledExpand(ReadOnlySpan<byte> prk, ReadOnlySpan<byte> label, int length)
    {
        byte[] output = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, prk, output, [0, (byte)length, .. "HPKE-v1"u8, .. s_suite, .. label, .. s_context]);
        return output;
    }

    private static void Zero(params ReadOnlySpan<byte[]> secrets)
    {
        foreach (byte[] secret in secrets)
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
