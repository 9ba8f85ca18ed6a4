namespace SecureStation.Core.Keys;

/// <summary>The object identifiers that key files name.</summary>
internal static class KeyOids
{
    public const string Ed25519 = "1.3.101.112";                     // RFC 8410
    public const string RsaEncryption = "1.2.840.113549.1.1.1";      // RFC 8017
    public const string EcPublicKey = "1.2.840.10045.2.1";           // RFC 5480
    public const string P256 = "1.2.840.10045.3.1.7";                // RFC 5480, secp256r1

    public const string Pbes2 = "1.2.840.113549.1.5.13";             // RFC 8018
    public const string Pbkdf2 = "1.2.840.113549.1.5.12";            // RFC 8018
    public const string Scrypt = "1.3.6.1.4.1.11591.4.11";           // RFC 7914
    public const string HmacWithSha1 = "1.2.840.113549.2.7";         // RFC 8018
    public const string HmacWithSha256 = "1.2.840.113549.2.9";
    public const string HmacWithSha384 = "1.2.840.113549.2.10";
    public const string HmacWithSha512 = "1.2.840.113549.2.11";
    public const string Aes128Cbc = "2.16.840.1.101.3.4.1.2";        // RFC 8018
    public const string Aes192Cbc = "2.16.840.1.101.3.4.1.22";
    public const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";
}
