using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>The errors and requirements that readers of public and of private keys share.</summary>
internal static class KeyErrors
{
    public static StationException Invalid(string message, Exception? inner = null, StationSubject subject = StationSubject.None) =>
        new(StationFault.InvalidKey, message, inner) { Subject = subject };

    public static StationException UnknownAlgorithm(string oid) =>
        Invalid($"Keys of algorithm {oid} cannot be a station's identity; Ed25519, RSA and ECDSA P-256 can.");

    /// <summary>Reads the parameters of an id-ecPublicKey algorithm identifier: only the name of P-256 will do.</summary>
    public static void RequireP256(AsnReader algorithm)
    {
        // Explicit curve parameters (a SEQUENCE here) can describe a curve on which signatures are easily forged.
        if (!algorithm.HasData
            || !algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier)
            || algorithm.ReadObjectIdentifier() != KeyOids.P256)
        {
            throw Invalid("An ECDSA key must be on the named curve P-256.");
        }
    }

    public static void RequireRsaParameters(RSA rsa)
    {
        RequireRsaKeySize(rsa.KeySize);
        RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
        ReadOnlySpan<byte> exponent = parameters.Exponent;
        if (!exponent.SequenceEqual<byte>([1, 0, 1]))
        {
            throw Invalid("The public exponent of an RSA key must be 65537.");
        }

        if ((parameters.Modulus![^1] & 1) == 0)
        {
            throw Invalid("The modulus of the RSA key is even.");
        }
    }

    public static void RequireRsaKeySize(int keySize)
    {
        if (keySize is < StationPublicKey.MinRsaKeySize or > StationPublicKey.MaxRsaKeySize)
        {
            throw Invalid(
                $"An RSA key of {keySize} bits is not allowed; {StationPublicKey.MinRsaKeySize} to {StationPublicKey.MaxRsaKeySize} bits are.");
        }
    }
}
