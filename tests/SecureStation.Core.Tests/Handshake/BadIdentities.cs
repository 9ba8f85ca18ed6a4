using System.Security.Cryptography;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>Identity payloads that must not be accepted.</summary>
internal static class BadIdentities
{
    public static TheoryData<string> All { get; } =
    [
        "empty", "one byte", "length only", "cut in the key", "no signature", "cut in the signature", "a byte more", "flipped signature",
        "flipped key", "signature over another static key", "signature for another purpose", "another's signature", "RSA-1024", "not DER", "trailing DER", "P-384",
        "small-order Ed25519",
    ];

    public static byte[] Create(string which, StationKeyPair identity, NoiseKeyPair staticKey)
    {
        byte[] good = IdentityPayload.Create(identity, staticKey.PublicKey);
        byte[] spki = identity.PublicKey.ToBytes();
        using NoiseKeyPair otherStatic = NoiseKeyPair.Generate();
        using StationKeyPair other = StationKeyPair.Generate();
        switch (which)
        {
            case "empty":
                return [];
            case "one byte":
                return [0];
            case "length only":
                return good[..2];
            case "cut in the key":
                return good[..(2 + spki.Length - 1)];
            case "no signature":
                return good[..(2 + spki.Length)];
            case "cut in the signature":
                return good[..^1];
            case "a byte more":
                return [.. good, 0];
            case "flipped signature":
                good[^1] ^= 1;
                return good;
            case "flipped key":
                good[2 + spki.Length - 1] ^= 1;
                return good;
            case "signature over another static key":
                return IdentityPayload.Create(identity, otherStatic.PublicKey);
            case "signature for another purpose":
                return Join(spki, identity.Sign(SignaturePurpose.Transcript, staticKey.PublicKey));
            case "another's signature":
                return Join(spki, other.Sign(SignaturePurpose.StaticKey, staticKey.PublicKey));
            case "RSA-1024":
                using (RSA rsa = RSA.Create(1024))
                {
                    return Join(rsa.ExportSubjectPublicKeyInfo(), rsa.SignData([.. "SecureStation/1 static-key\0"u8, .. staticKey.PublicKey], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
                }

            case "P-384":
                using (ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384))
                {
                    return Join(
                        ecdsa.ExportSubjectPublicKeyInfo(),
                        ecdsa.SignData([.. "SecureStation/1 static-key\0"u8, .. staticKey.PublicKey], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
                }

            case "not DER":
                return Join(new byte[44], good[^64..]);
            case "trailing DER":
                return Join([.. spki, 0], good[^64..]);
            case "small-order Ed25519":
                // The neutral element: under it a verification that does not check takes forged signatures.
                return Join([.. spki.AsSpan(0, 12), 1, .. new byte[31]], [1, .. new byte[63]]);
            default:
                throw new ArgumentOutOfRangeException(nameof(which));
        }
    }

    private static byte[] Join(byte[] spki, byte[] signature) => [(byte)(spki.Length >> 8), (byte)spki.Length, .. spki, .. signature];
}
