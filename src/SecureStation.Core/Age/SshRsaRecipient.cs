using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Core.Age;

/// <summary>An RSA public key of SSH. The stanza is drawn at <see cref="SshRsaStanza"/>; its tag tells for whom it is.</summary>
internal sealed class SshRsaRecipient : AgeRecipient
{
    private readonly string _tag;
    private readonly RsaKeyParameters _key;

    /// <summary>Takes the public half of an RSA key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: under 2048 bits, or no RSA public key.</exception>
    public SshRsaRecipient(RSA key)
    {
        SshRsaStanza.CheckSize(key);
        RSAParameters parameters = key.ExportParameters(false);
        _tag = SshWire.Tag(SshWire.Rsa(parameters));
        try
        {
            _key = new RsaKeyParameters(false, new BigInteger(1, parameters.Modulus!), new BigInteger(1, parameters.Exponent!));
        }
        catch (ArgumentException e)
        {
            throw new StationException(StationFault.InvalidKey, "This is no usable RSA public key.", e);
        }
    }

    /// <inheritdoc/>
    public override AgeStanza Wrap(ReadOnlySpan<byte> fileKey)
    {
        byte[] copy = fileKey.ToArray();
        try
        {
            return new AgeStanza(SshRsaStanza.Type, [_tag], SshRsaStanza.CreateOaep(true, _key).ProcessBlock(copy, 0, copy.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }
}
