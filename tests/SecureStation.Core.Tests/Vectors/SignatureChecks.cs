using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>Signatures, all by way of identities: what an identity can't have made is refused, good or bad.</summary>
internal static class SignatureChecks
{
    /// <summary>Ed25519, and ECDSA over P-256 with SHA-256 in DER. A weak key is refused with everything that it signed.</summary>
    public static string Identity(WycheproofTest test) => test.Expect(IsTaken(test));

    /// <summary>
    /// RSA PKCS#1 v1.5 with SHA-256, 2048 to 8192 bits, e = 65537; another hash, size or exponent is refused. So is a signature without
    /// the NULL of DigestInfo, which is "acceptable".
    /// </summary>
    public static string RsaIdentity(WycheproofTest test) =>
        test.Text("sha") == "SHA-256"
        && test.Group.GetProperty("publicKey").GetProperty("publicExponent").GetString() == "010001"
        && test.Number("keySize") is >= 2048 and <= 8192
            ? test.Expect(IsTaken(test))
            : NoIdentity(test);

    /// <summary>RSA-PSS, and ECDSA's other form: no identity signs so.</summary>
    public static string NoIdentity(WycheproofTest test)
    {
        bool isTaken = IsTaken(test);

        // Wrong in its own file, with PKCS#1 v1.5 for PSS or SHA-256 for another hash, and just what an identity makes.
        bool isRight = (test.HasFlag("WrongPrimitive") || test.HasFlag("WrongHash")) && test.Text("comment").Contains("with SHA-256", StringComparison.Ordinal);
        return isRight && isTaken ? WycheproofTest.Agrees : test.ExpectRefused(isTaken);
    }

    private static bool IsTaken(WycheproofTest test)
    {
        StationPublicKey key;
        try
        {
            key = StationPublicKey.FromSubjectPublicKeyInfo(test.Bytes("publicKeyDer"));
        }
        catch (StationException refused) when (refused.Fault == StationFault.InvalidKey)
        {
            return false;
        }

        Assert.Equal(key, StationPublicKey.FromPem(test.Text("publicKeyPem")));
        return key.VerifyInput(test.Bytes("msg"), test.Bytes("sig"));
    }
}
