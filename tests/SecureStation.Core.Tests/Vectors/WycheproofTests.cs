namespace SecureStation.Core.Tests.Vectors;

/// <summary>Every primitive that Core uses, against Wycheproof's tests and our own in the same form.</summary>
public class WycheproofTests
{
    // A file's name without "_test.json", as a regular expression.
    private static readonly Dictionary<string, Func<WycheproofTest, string>> s_checks = new()
    {
        ["x25519"] = AgreementChecks.X25519Raw,
        ["x25519_(asn|pem)"] = AgreementChecks.X25519Files,
        ["aes_gcm"] = CipherChecks.AesGcm,
        ["chacha20_poly1305"] = CipherChecks.ChaChaPoly,
        ["hash_(sha256|sha512|blake2s|blake2b)"] = DerivationChecks.Hash,
        ["hmac_(sha256|sha512|blake2s|blake2b)"] = DerivationChecks.Hmac,
        ["hkdf_(sha256|sha384|sha512|blake2s|blake2b)"] = DerivationChecks.Hkdf,
        ["pbkdf2_hmacsha(1|256|384|512)"] = DerivationChecks.Pbkdf2,
        ["pbes2_hmacsha(1|256|384|512)_aes_(128|192|256)"] = DerivationChecks.Pbes2OfKeyFiles,
        ["ed25519"] = SignatureChecks.Identity,
        ["ecdsa_secp256r1_sha256"] = SignatureChecks.Identity,
        ["ecdsa_secp256r1_sha256_p1363"] = SignatureChecks.NoIdentity,
        ["rsa_signature_.*"] = SignatureChecks.RsaIdentity,
        ["rsa_pss_.*"] = SignatureChecks.NoIdentity,
        ["mlkem_768_keygen_seed"] = MLKem768Checks.KeyGeneration,
        ["mlkem_768_encaps"] = MLKem768Checks.Encapsulation,
        ["mlkem_768"] = MLKem768Checks.Decapsulation,
        ["mlkem_768_semi_expanded_decaps"] = MLKem768Checks.DecapsulationWithAnExpandedKey,
        ["primality"] = PrimalityChecks.Primality,
    };

    public static IEnumerable<TheoryDataRow<string, string>> Files => WycheproofFile.Rows(s_checks, saysWhatIsMissing: true);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_test_of_the_file_comes_out_as_wanted(string set, string file) => WycheproofFile.Run(set, file, s_checks);
}
