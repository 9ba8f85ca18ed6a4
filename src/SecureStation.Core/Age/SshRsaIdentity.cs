using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Core.Age;

/// <summary>An RSA private key of SSH. The stanza is drawn at <see cref="SshRsaStanza"/>.</summary>
/// <remarks>BouncyCastle's numbers cannot be zeroed: after <see cref="Dispose"/> they are left to the garbage collector.</remarks>
internal sealed class SshRsaIdentity : AgeIdentity
{
    private readonly string _tag;
    private RsaPrivateCrtKeyParameters? _key;

    /// <summary>Takes an RSA key with its private half, which has to be exportable.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: under 2048 bits, no private half, or not exportable.</exception>
    public SshRsaIdentity(RSA key)
    {
        SshRsaStanza.CheckSize(key);
        RSAParameters parts = default;
        try
        {
            parts = key.ExportParameters(true);
            _key = new RsaPrivateCrtKeyParameters(
                new BigInteger(1, parts.Modulus!),
                new BigInteger(1, parts.Exponent!),
                new BigInteger(1, parts.D!),
                new BigInteger(1, parts.P!),
                new BigInteger(1, parts.Q!),
                new BigInteger(1, parts.DP!),
                new BigInteger(1, parts.DQ!),
                new BigInteger(1, parts.InverseQ!));
            _tag = SshWire.Tag(SshWire.Rsa(parts));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StationException(StationFault.InvalidKey, "The RSA key has no private half that can be used here.", e);
        }
        finally
        {
            foreach (byte[]? secret in new[] { parts.D, parts.P, parts.Q, parts.DP, parts.DQ, parts.InverseQ })
            {
                CryptographicOperations.ZeroMemory(secret);
            }
        }
    }

    /// <inheritdoc/>
    public override string StanzaType => SshRsaStanza.Type;

    /// <inheritdoc/>
    public override byte[]? Unwrap(AgeStanza stanza)
    {
        RsaPrivateCrtKeyParameters key = _key ?? throw new ObjectDisposedException(nameof(SshRsaIdentity));
        SshRsaStanza.Check(stanza);
        if (stanza.Arguments[0] != _tag)
        {
            return null;
        }

        byte[] fileKey;
        try
        {
            fileKey = SshRsaStanza.CreateOaep(false, key).ProcessBlock(stanza.Body, 0, stanza.Body.Length);
        }
        catch (Exception e) when (e is CryptoException or ArgumentException or ArithmeticException)
        {
            return null;
        }

        if (fileKey.Length != AgeKeys.FileKeyLength)
        {
            CryptographicOperations.ZeroMemory(fileKey);
            throw stanza.Malformed("holds no file key of 16 bytes");
        }

        return fileKey;
    }

    /// <inheritdoc/>
    public override void Dispose() => _key = null;
}
