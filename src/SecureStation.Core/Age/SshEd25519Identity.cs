using System.Security.Cryptography;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>An Ed25519 private key of SSH. The stanza is drawn at <see cref="SshEd25519Stanza"/>.</summary>
internal sealed class SshEd25519Identity : AgeIdentity
{
    private readonly byte[] _wireForm;
    private readonly byte[] _point = new byte[X25519.KeyLength];
    private readonly X25519PrivateKey _key;

    /// <summary>Takes a seed, the private key of RFC 8032: 32 bytes, of which nothing is kept.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public SshEd25519Identity(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedSize)
        {
            throw new StationException(StationFault.InvalidKey, $"An Ed25519 seed has {Ed25519.SeedSize} bytes, not {seed.Length}.");
        }

        byte[] copy = seed.ToArray();
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        try
        {
            _wireForm = SshWire.Ed25519(Ed25519.PublicKeyOf(copy));
            // The scalar of RFC 8032, section 5.1.5; X25519 clamps it the same way.
            SHA512.HashData(copy, hash);
            _key = X25519PrivateKey.Import(hash[..X25519.KeyLength]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
            CryptographicOperations.ZeroMemory(hash);
        }

        _key.GetPublicKey(_point);
    }

    /// <inheritdoc/>
    public override string StanzaType => SshEd25519Stanza.Type;

    /// <inheritdoc/>
    public override byte[]? Unwrap(AgeStanza stanza)
    {
        byte[] share = SshEd25519Stanza.Check(stanza);
        if (stanza.Arguments[0] != SshWire.Tag(_wireForm))
        {
            return null;
        }

        byte[] wrapKey = SshEd25519Stanza.DeriveWrapKey(X25519Stanza.Agree(_key, share, stanza), share, _point, _wireForm);
        try
        {
            return AgeKeys.Unwrap(wrapKey, stanza.Body);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _key.Dispose();
}
