using System.Security.Cryptography;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>The object identifiers of timestamps.</summary>
internal static class TimestampOids
{
    public const string SignedData = "1.2.840.113549.1.7.2";                  // RFC 5652, and the two attributes below
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string Rsa = "1.2.840.113549.1.1.1";                         // rsaEncryption, RFC 3370
    public const string TstInfo = "1.2.840.113549.1.9.16.1.4";                // id-ct-TSTInfo, RFC 3161
    public const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";    // RFC 2634, with SHA-1; RFC 3161 began with it
    public const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";  // RFC 5035
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";                   // id-kp-timeStamping, RFC 3161
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";

    /// <summary>The hash of an identifier; null where it is not one that is accepted here.</summary>
    public static HashAlgorithmName? HashOf(string? oid) => oid switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>The identifier of a hash.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TimestampAlgorithmRefused"/></exception>
    public static string Of(HashAlgorithmName hash) => hash.Name switch
    {
        "SHA256" => Sha256,
        "SHA384" => Sha384,
        "SHA512" => Sha512,
        _ => throw new StationException(StationFault.TimestampAlgorithmRefused, $"Timestamps are over SHA256, SHA384 or SHA512, not {hash.Name}."),
    };

    /// <summary>The identifier of ECDSA with a hash (RFC 5754).</summary>
    public static string EcdsaWith(HashAlgorithmName hash) => hash.Name switch
    {
        "SHA256" => "1.2.840.10045.4.3.2",
        "SHA384" => "1.2.840.10045.4.3.3",
        _ => "1.2.840.10045.4.3.4",
    };

    /// <summary>Bytes of a hash.</summary>
    public static int SizeOf(HashAlgorithmName hash) => hash.Name switch
    {
        "SHA256" => SHA256.HashSizeInBytes,
        "SHA384" => SHA384.HashSizeInBytes,
        _ => SHA512.HashSizeInBytes,
    };
}
