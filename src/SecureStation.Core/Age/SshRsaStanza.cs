using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;

namespace SecureStation.Core.Age;

/// <summary>The stanza of RSA keys of SSH (age's <c>agessh</c>; it is not in the specification).</summary>
/// <remarks>
/// <code>
/// -> ssh-rsa TAG     tag: of the recipient's wire form
/// body               RSA-OAEP(SHA-256, MGF1 with SHA-256, label "age-encryption.org/v1/ssh-rsa") of the file key
/// </code>
/// .NET's OAEP takes no label, so BouncyCastle does it.
/// </remarks>
internal static class SshRsaStanza
{
    public const string Type = "ssh-rsa";
    public const int MinKeyBits = 2048;
    public const int MaxKeyBits = 16384;

    /// <summary>Checks the form of a stanza.</summary>
    public static void Check(AgeStanza stanza) => stanza.CheckArguments(1);

    /// <summary>The OAEP of these stanzas.</summary>
    public static OaepEncoding CreateOaep(bool forEncryption, ICipherParameters key)
    {
        var oaep = new OaepEncoding(new RsaBlindedEngine(), new Sha256Digest(), new Sha256Digest(), "age-encryption.org/v1/ssh-rsa"u8.ToArray());
        oaep.Init(forEncryption, key);
        return oaep;
    }

    /// <summary>Checks the size of a key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: under 2048 or over 16384 bits.</exception>
    public static void CheckSize(RSA key)
    {
        if (key.KeySize is < MinKeyBits or > MaxKeyBits)
        {
            throw new StationException(StationFault.InvalidKey, $"An RSA key of {key.KeySize} bits; {MinKeyBits} to {MaxKeyBits} are taken.");
        }
    }
}
