using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>
/// The KEM X-Wing (draft-connolly-cfrg-xwing-kem), MLKEM768-X25519 in HPKE: a secret that holds if either ML-KEM-768 or X25519 does.
/// </summary>
/// <remarks>
/// <code>
/// private key   seed, 32 bytes: SHAKE256(seed, 96) = d ‖ z of ML-KEM (64) ‖ x of X25519 (32)
/// public key    encapsulation key (1184) ‖ x · B (32)
/// encapsulated  ML-KEM ciphertext (1088) ‖ e · B (32)
/// secret        SHA3-256(ML-KEM secret ‖ e · x · B ‖ e · B ‖ x · B ‖ "\.//^\")
/// </code>
/// </remarks>
internal static class XWing
{
    public const int SeedLength = 32;
    public const int PublicKeyLength = MLKem768.EncapsulationKeyLength + X25519.KeyLength;
    public const int EncapsulatedLength = MLKem768.CiphertextLength + X25519.KeyLength;
    public const int ExpandedLength = MLKem768.SeedLength + X25519.KeyLength;

    /// <summary>Expands a seed; the caller zeroes the result.</summary>
    public static byte[] Expand(byte[] seed)
    {
        byte[] expanded = new byte[ExpandedLength];
        if (Shake256.IsSupported)
        {
            Shake256.HashData(seed, expanded);
        }
        else
        {
            var shake = new ShakeDigest(256);
            shake.BlockUpdate(seed, 0, seed.Length);
            shake.OutputFinal(expanded, 0, expanded.Length);
        }

        return expanded;
    }

    /// <summary>The secret of both halves, 32 bytes, which the caller zeroes.</summary>
    public static byte[] Combine(ReadOnlySpan<byte> kemSecret, ReadOnlySpan<byte> agreed, ReadOnlySpan<byte> share, ReadOnlySpan<byte> publicKey)
    {
        byte[] input = [.. kemSecret, .. agreed, .. share, .. publicKey, .. @"\.//^\"u8];
        try
        {
            if (SHA3_256.IsSupported)
            {
                return SHA3_256.HashData(input);
            }

            byte[] secret = new byte[32];
            var sha3 = new Sha3Digest(256);
            sha3.BlockUpdate(input, 0, input.Length);
            sha3.DoFinal(secret, 0);
            return secret;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }
}
