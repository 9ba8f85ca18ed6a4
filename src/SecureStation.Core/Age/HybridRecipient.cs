using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>A hybrid public key, <c>age1pq1…</c> (1,959 characters). Layouts are drawn at <see cref="XWing"/> and <see cref="HybridStanza"/>.</summary>
internal sealed class HybridRecipient : AgeRecipient
{
    private const string Prefix = "age1pq";
    private readonly byte[] _publicKey;

    /// <summary>Takes a public key of 1,216 bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length, or not an encapsulation key (FIPS 203, section 7.2).</exception>
    public HybridRecipient(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != XWing.PublicKeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"A hybrid recipient has {XWing.PublicKeyLength} bytes, not {publicKey.Length}.");
        }

        MLKem768.CheckEncapsulationKey(publicKey[..MLKem768.EncapsulationKeyLength]);
        _publicKey = publicKey.ToArray();
    }

    /// <inheritdoc/>
    public override bool IsPostQuantum => true;

    /// <summary>The public key.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    private ReadOnlySpan<byte> EncapsulationKey => _publicKey.AsSpan(0, MLKem768.EncapsulationKeyLength);

    /// <summary>Reads <c>age1pq1…</c>.</summary>
    public static new HybridRecipient Parse(string text) => new(Bech32.Decode(Prefix, text)
        ?? throw new StationException(StationFault.InvalidKey, "This is no hybrid age recipient (age1pq1…), or it is mistyped.") { Subject = StationSubject.AgeKey });

    /// <inheritdoc/>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the X25519 half is a point of low order.</exception>
    public override AgeStanza Wrap(ReadOnlySpan<byte> fileKey)
    {
        byte[] ephemeral = new byte[X25519.KeyLength], ciphertext = new byte[MLKem768.CiphertextLength], kemSecret = new byte[MLKem768.SharedSecretLength];
        X25519.GeneratePrivateKey(ephemeral);
        MLKem768.Library.Encapsulate(EncapsulationKey, ciphertext, kemSecret);
        return Wrap(fileKey, ephemeral, ciphertext, kemSecret);
    }

    /// <summary>Wraps with a given ephemeral key and randomness of ML-KEM (m), for known answers only.</summary>
    public AgeStanza UnsafeWrap(ReadOnlySpan<byte> fileKey, byte[] ephemeral, byte[] randomness)
    {
        byte[] ciphertext = new byte[MLKem768.CiphertextLength], kemSecret = new byte[MLKem768.SharedSecretLength];
        new BouncyCastleMLKem768().UnsafeEncapsulate(EncapsulationKey, randomness, ciphertext, kemSecret);
        return Wrap(fileKey, [.. ephemeral], ciphertext, kemSecret);
    }

    /// <summary>The recipient as <c>age1pq1…</c>.</summary>
    public override string ToString() => Bech32.Encode(Prefix, _publicKey);

    // Zeroes the ephemeral key and the KEM's secret.
    private AgeStanza Wrap(ReadOnlySpan<byte> fileKey, byte[] ephemeral, byte[] ciphertext, byte[] kemSecret)
    {
        byte[] share = new byte[X25519.KeyLength], agreed = new byte[X25519.KeyLength];
        byte[] publicKey = _publicKey[MLKem768.EncapsulationKeyLength..];
        byte[]? secret = null;
        try
        {
            X25519.ComputePublicKey(ephemeral, share);
            X25519.ComputeSharedSecret(ephemeral, publicKey, agreed);
            secret = XWing.Combine(kemSecret, agreed, share, publicKey);
            return new AgeStanza(HybridStanza.Type, [AgeBase64.Encode([.. ciphertext, .. share])], HybridStanza.Wrap(secret, fileKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ephemeral);
            CryptographicOperations.ZeroMemory(kemSecret);
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
