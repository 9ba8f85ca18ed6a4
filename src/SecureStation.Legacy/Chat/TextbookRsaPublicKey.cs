using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using SecureStation.Core;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// Textbook RSA, <c>c = m^e mod n</c>, as PyCrypto's <c>encrypt</c>: no padding. The same text gives the same ciphertext, ciphertexts can
/// be multiplied, and small texts can be guessed; BouncyCastle's engine does it because the BCL rightly does not.
/// </summary>
internal sealed class TextbookRsaPublicKey
{
    /// <summary>The smallest modulus accepted, in bits: what the old programs make.</summary>
    public const int MinSize = 1024;

    /// <summary>The largest modulus accepted, in bits.</summary>
    public const int MaxSize = 4096;

    // PyCrypto makes 65537; a large exponent would only cost time.
    private const int MaxExponentBytes = 4;

    private readonly RsaKeyParameters _key;

    public TextbookRsaPublicKey(RSAParameters key)
    {
        try
        {
            _key = new RsaKeyParameters(isPrivate: false, new BigInteger(1, key.Modulus!), new BigInteger(1, key.Exponent!));
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"the RSA key is not usable ({e.Message})", e);
        }

        if (_key.Modulus.BitLength is < MinSize or > MaxSize)
        {
            throw new FormatException($"the RSA key has {_key.Modulus.BitLength} bits, not {MinSize} to {MaxSize}");
        }
    }

    /// <summary>The modulus in bits.</summary>
    public int Size => _key.Modulus.BitLength;

    /// <summary>Reads a PEM that came over the wire.</summary>
    /// <exception cref="FormatException">It is no RSA public key of a usable size.</exception>
    public static TextbookRsaPublicKey FromPem(ReadOnlySpan<byte> pem)
    {
        byte[] encoded = PublicKeyPem.Decode(pem);
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(encoded, out int read);
            RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
            return read != encoded.Length || key.Exponent!.Length > MaxExponentBytes
                ? throw new FormatException("the PEM is not exactly one RSA public key")
                : new TextbookRsaPublicKey(key);
        }
        catch (CryptographicException e)
        {
            throw new FormatException("the PEM holds no RSA public key", e);
        }
    }

    /// <summary>The ciphertext of a value as PyCrypto gives it: without leading zeros.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> value)
    {
        var engine = new RsaBlindedEngine();
        engine.Init(forEncryption: true, _key);
        try
        {
            return LongToBytes.Of(engine.ProcessBlock(value.ToArray(), 0, value.Length));
        }
        catch (DataLengthException e)
        {
            throw new StationException(StationFault.InvalidArgument, "The value is larger than the RSA modulus.", e);
        }
    }
}
