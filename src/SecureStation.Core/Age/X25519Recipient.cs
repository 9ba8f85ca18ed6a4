using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>An X25519 public key, <c>age1…</c>. The stanza is drawn at <see cref="X25519Stanza"/>.</summary>
internal sealed class X25519Recipient : AgeRecipient
{
    private const string Prefix = "age";
    private readonly byte[] _publicKey;

    /// <summary>Takes a public key of 32 bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public X25519Recipient(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != X25519.KeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"An X25519 recipient has {X25519.KeyLength} bytes, not {publicKey.Length}.");
        }

        _publicKey = publicKey.ToArray();
    }

    /// <summary>The public key.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Reads <c>age1…</c>.</summary>
    public static new X25519Recipient Parse(string text) => new(Bech32.Decode(Prefix, text)
        ?? throw new StationException(StationFault.InvalidKey, "This is no age recipient (age1…), or it is mistyped.") { Subject = StationSubject.AgeKey });

    /// <inheritdoc/>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: a point of low order.</exception>
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
        byte[] share = new byte[X25519.KeyLength], secret = new byte[X25519.KeyLength];
        byte[]? wrapKey = null;
        try
        {
            X25519.ComputePublicKey(ephemeral, share);
            X25519.ComputeSharedSecret(ephemeral, _publicKey, secret);
            wrapKey = X25519Stanza.DeriveWrapKey(secret, share, _publicKey);
            return new AgeStanza(X25519Stanza.Type, [AgeBase64.Encode(share)], AgeKeys.Wrap(wrapKey, fileKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    /// <summary>The recipient as <c>age1…</c>.</summary>
    public override string ToString() => Bech32.Encode(Prefix, _publicKey);
}
