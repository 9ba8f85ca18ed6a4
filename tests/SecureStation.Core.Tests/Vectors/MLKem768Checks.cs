using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>ML-KEM-768 of every library that this machine has.</summary>
internal static class MLKem768Checks
{
    /// <summary>
    /// A seed to the encapsulation key. The private key is not given out; that it is the wanted one shows in what it decapsulates.
    /// </summary>
    public static string KeyGeneration(WycheproofTest test) => All(test, static (library, test) =>
    {
        if (!test.IsValid)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => library.ImportSeed(test.Bytes("seed")));
            return WycheproofTest.Refused;
        }

        using MLKem768PrivateKey key = library.ImportSeed(test.Bytes("seed"));
        byte[] encapsulationKey = new byte[MLKem768.EncapsulationKeyLength];
        key.GetEncapsulationKey(encapsulationKey);
        Assert.Equal(test.Bytes("ek"), encapsulationKey);

        using MLKem768PrivateKey published = library.ImportDecapsulationKey(test.Bytes("dk"));
        byte[] ciphertext = new byte[MLKem768.CiphertextLength], secret = new byte[MLKem768.SharedSecretLength];
        library.Encapsulate(encapsulationKey, ciphertext, secret);
        Assert.Equal(secret, Decapsulate(key, ciphertext));
        Assert.Equal(secret, Decapsulate(published, ciphertext));
        ciphertext[0] ^= 1;
        Assert.Equal(Decapsulate(published, ciphertext), Decapsulate(key, ciphertext));
        return WycheproofTest.Agrees;
    });

    /// <summary>An encapsulation key and m to ciphertext and secret; .NET takes no m.</summary>
    public static string Encapsulation(WycheproofTest test) => All(test, static (library, test) =>
    {
        byte[] key = test.Bytes("ek"), ciphertext = new byte[MLKem768.CiphertextLength], secret = new byte[MLKem768.SharedSecretLength];
        if (!test.IsValid)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => library.Encapsulate(key, ciphertext, secret));
            return WycheproofTest.Refused;
        }

        if (library.LibraryName == ".NET")
        {
            StationAssert.Fails(StationFault.InvalidState, () => library.UnsafeEncapsulate(key, test.Bytes("m"), ciphertext, secret));
            library.Encapsulate(key, ciphertext, secret);
            return WycheproofTest.Agrees;
        }

        library.UnsafeEncapsulate(key, test.Bytes("m"), ciphertext, secret);
        Assert.Equal(test.Bytes("c"), ciphertext);
        Assert.Equal(test.Bytes("K"), secret);
        return WycheproofTest.Agrees;
    });

    /// <summary>A seed and a ciphertext to the secret, implicit rejection included.</summary>
    public static string Decapsulation(WycheproofTest test) => Decapsulation(test, static (library, test) => library.ImportSeed(test.Bytes("seed")));

    /// <summary>The same with a private key of 2,400 bytes.</summary>
    public static string DecapsulationWithAnExpandedKey(WycheproofTest test) =>
        Decapsulation(test, static (library, test) => library.ImportDecapsulationKey(test.Bytes("dk")));

    private static string Decapsulation(WycheproofTest test, Func<MLKem768, WycheproofTest, MLKem768PrivateKey> import) => All(test, (library, test) =>
    {
        byte[] Run()
        {
            using MLKem768PrivateKey key = import(library, test);
            return Decapsulate(key, test.Bytes("c"));
        }

        if (test.IsValid)
        {
            Assert.Equal(test.Bytes("K"), Run());
            return WycheproofTest.Agrees;
        }

        StationException refused = Assert.Throws<StationException>(() => Run());
        Assert.True(refused.Fault is StationFault.InvalidKey or StationFault.InvalidArgument, refused.ToString());
        return WycheproofTest.Refused;
    });

    private static string All(WycheproofTest test, Func<MLKem768, WycheproofTest, string> check) =>
        Assert.Single(MLKem768.Libraries.Select(library => check(library, test)).Distinct());

    private static byte[] Decapsulate(MLKem768PrivateKey key, byte[] ciphertext)
    {
        byte[] secret = new byte[MLKem768.SharedSecretLength];
        key.Decapsulate(ciphertext, secret);
        return secret;
    }
}
