using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>An X25519 private key, <c>AGE-SECRET-KEY-1…</c>. The stanza is drawn at <see cref="X25519Stanza"/>.</summary>
internal sealed class X25519Identity : AgeIdentity
{
    private const string Prefix = "age-secret-key-";
    private readonly SecretBytes _seed;
    private readonly X25519PrivateKey _key;
    private readonly byte[] _publicKey = new byte[X25519.KeyLength];

    /// <summary>Takes a private key of 32 bytes, which are copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public X25519Identity(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != X25519.KeyLength)
        {
            throw new StationException(StationFault.InvalidKey, $"An X25519 identity has {X25519.KeyLength} bytes, not {privateKey.Length}.");
        }

        _key = X25519PrivateKey.Import(privateKey);
        _key.GetPublicKey(_publicKey);
        _seed = new SecretBytes(privateKey.ToArray(), static () => new ObjectDisposedException(nameof(X25519Identity)));
    }

    /// <inheritdoc/>
    public override string StanzaType => X25519Stanza.Type;

    /// <summary>The public half.</summary>
    public X25519Recipient Recipient => new(_publicKey);

    /// <summary>Makes a new one.</summary>
    public static X25519Identity Generate()
    {
        Span<byte> seed = stackalloc byte[X25519.KeyLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return new X25519Identity(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Reads <c>AGE-SECRET-KEY-1…</c>.</summary>
    public static new X25519Identity Parse(string text) => Parse(text.AsSpan());

    /// <inheritdoc cref="Parse(string)"/>
    public static new X25519Identity Parse(ReadOnlySpan<char> text)
    {
        byte[] seed = Bech32.Decode(Prefix, text)
            ?? throw new StationException(StationFault.InvalidKey, "This is no age identity (AGE-SECRET-KEY-1…), or it is mistyped.") { Subject = StationSubject.AgeKey };
        try
        {
            return new X25519Identity(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <inheritdoc/>
    public override byte[]? Unwrap(AgeStanza stanza)
    {
        byte[] share = X25519Stanza.Check(stanza);
        byte[] secret = X25519Stanza.Agree(_key, share, stanza);
        byte[]? wrapKey = null;
        try
        {
            wrapKey = X25519Stanza.DeriveWrapKey(secret, share, _publicKey);
            return AgeKeys.Unwrap(wrapKey, stanza.Body);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    /// <summary>The secret as <c>AGE-SECRET-KEY-1…</c>, for the file that keeps it, in characters that the caller zeroes. ToString does not show it.</summary>
    public char[] ExportChars() => _seed.Use(static seed => Bech32.EncodeSecret(Prefix, seed));

    /// <summary>The same as a string, which stays in memory.</summary>
    public string ExportText() => new(ExportChars());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _seed.Dispose();
        _key.Dispose();
    }
}
