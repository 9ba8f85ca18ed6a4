using System.Numerics;
using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>An Ed25519 public key of SSH. The stanza is drawn at <see cref="SshEd25519Stanza"/>; its tag tells for whom it is.</summary>
internal sealed class SshEd25519Recipient : AgeRecipient
{
    private static readonly BigInteger s_p = BigInteger.Pow(2, 255) - 19;

    private readonly byte[] _wireForm;
    private readonly byte[] _point;

    /// <summary>Takes an Ed25519 public key of 32 bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length, not on the curve, or of small order.</exception>
    public SshEd25519Recipient(ReadOnlySpan<byte> publicKey)
    {
        if (!Ed25519.IsAcceptable(publicKey))
        {
            throw new StationException(StationFault.InvalidKey, "This is no usable Ed25519 public key.");
        }

        _wireForm = SshWire.Ed25519(publicKey);
        _point = MapToCurve25519(publicKey);
    }

    /// <inheritdoc/>
    public override AgeStanza Wrap(ReadOnlySpan<byte> fileKey)
    {
        byte[] ephemeral = new byte[X25519.KeyLength];
        X25519.GeneratePrivateKey(ephemeral);
        try
        {
            return UnsafeWrap(fileKey, ephemeral);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ephemeral);
        }
    }

    /// <summary>Wraps with a given ephemeral key, for known answers only.</summary>
    public AgeStanza UnsafeWrap(ReadOnlySpan<byte> fileKey, byte[] ephemeral)
    {
        byte[] share = new byte[X25519.KeyLength], agreed = new byte[X25519.KeyLength];
        X25519.ComputePublicKey(ephemeral, share);
        X25519.ComputeSharedSecret(ephemeral, _point, agreed);
        byte[] wrapKey = SshEd25519Stanza.DeriveWrapKey(agreed, share, _point, _wireForm);
        try
        {
            return new AgeStanza(SshEd25519Stanza.Type, [SshWire.Tag(_wireForm), AgeBase64.Encode(share)], AgeKeys.Wrap(wrapKey, fileKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    // RFC 7748, section 4.1: u = (1 + y) / (1 - y). All of it is public. y = 1 has small order, so it was refused.
    private static byte[] MapToCurve25519(ReadOnlySpan<byte> publicKey)
    {
        byte[] encoded = publicKey.ToArray();
        encoded[^1] &= 0x7f;
        BigInteger y = new(encoded, isUnsigned: true);
        BigInteger u = (1 + y) * BigInteger.ModPow(1 - y + s_p, s_p - 2, s_p) % s_p;
        byte[] point = new byte[X25519.KeyLength];
        u.TryWriteBytes(point, out _, isUnsigned: true);
        return point;
    }
}
