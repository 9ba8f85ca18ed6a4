using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>A hybrid private key, <c>AGE-SECRET-KEY-PQ-1…</c>. Layouts are drawn at <see cref="XWing"/> and <see cref="HybridStanza"/>.</summary>
internal sealed class HybridIdentity : AgeIdentity
{
    private const string Prefix = "age-secret-key-pq-";
    private readonly SecretBytes _seed;
    private readonly MLKem768PrivateKey _kemKey;
    private readonly X25519PrivateKey _key;
    private readonly byte[] _publicKey = new byte[XWing.PublicKeyLength];
    private readonly byte[] _x25519PublicKey = new byte[X25519.KeyLength];

    /// <summary>Takes a seed of 32 bytes, which are copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public HybridIdentity(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != XWing.SeedLength)
        {
            throw new StationException(StationFault.InvalidKey, $"A hybrid identity has {XWing.SeedLength} bytes, not {seed.Length}.");
        }

        byte[] copy = seed.ToArray(), expanded = XWing.Expand(copy);
        _seed = new SecretBytes(copy, static () => new ObjectDisposedException(nameof(HybridIdentity)));
        try
        {
            _kemKey = MLKem768.Library.ImportSeed(expanded.AsSpan(0, MLKem768.SeedLength));
            _key = X25519PrivateKey.Import(expanded.AsSpan(MLKem768.SeedLength));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(expanded);
        }

        _kemKey.GetEncapsulationKey(_publicKey.AsSpan(0, MLKem768.EncapsulationKeyLength));
        _key.GetPublicKey(_x25519PublicKey);
        _x25519PublicKey.CopyTo(_publicKey, MLKem768.EncapsulationKeyLength);
    }

    /// <inheritdoc/>
    public override string StanzaType => HybridStanza.Type;

    /// <summary>The public half.</summary>
    public HybridRecipient Recipient => new(_publicKey);

    /// <summary>Makes a new one.</summary>
    public static HybridIdentity Generate()
    {
        Span<byte> seed = stackalloc byte[XWing.SeedLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return new HybridIdentity(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Reads <c>AGE-SECRET-KEY-PQ-1…</c>.</summary>
    public static new HybridIdentity Parse(string text) => Parse(text.AsSpan());

    /// <inheritdoc cref="Parse(string)"/>
    public static new HybridIdentity Parse(ReadOnlySpan<char> text)
    {
        byte[] seed = Bech32.Decode(Prefix, text)
            ?? throw new StationException(StationFault.InvalidKey, "This is no hybrid age identity (AGE-SECRET-KEY-PQ-1…), or it is mistyped.") { Subject = StationSubject.AgeKey };
        try
        {
            return new HybridIdentity(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <inheritdoc/>
    public override byte[]? Unwrap(AgeStanza stanza)
    {
        byte[] encapsulated = HybridStanza.Check(stanza);
        byte[] share = encapsulated[MLKem768.CiphertextLength..];
        byte[] agreed = X25519Stanza.Agree(_key, share, stanza);
        byte[] kemSecret = new byte[MLKem768.SharedSecretLength];
        byte[]? secret = null;
        try
        {
            _kemKey.Decapsulate(encapsulated.AsSpan(0, MLKem768.CiphertextLength), kemSecret);
            secret = XWing.Combine(kemSecret, agreed, share, _x25519PublicKey);
            return HybridStanza.Unwrap(secret, stanza.Body);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(kemSecret);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The secret as <c>AGE-SECRET-KEY-PQ-1…</c>, for the file that keeps it, in characters that the caller zeroes. ToString does not show it.</summary>
    public char[] ExportChars() => _seed.Use(static seed => Bech32.EncodeSecret(Prefix, seed));

    /// <summary>The same as a string, which stays in memory.</summary>
    public string ExportText() => new(ExportChars());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _seed.Dispose();
        _kemKey.Dispose();
        _key.Dispose();
    }
}
