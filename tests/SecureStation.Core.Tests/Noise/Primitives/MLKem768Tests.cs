using System.IO.Compression;
using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Noise.Primitives;

/// <summary>ML-KEM-768 of every library that this machine has: CCTV's known answers, and each library against each.</summary>
public class MLKem768Tests(ITestOutputHelper output)
{
    public static TheoryData<string> LibraryNames { get; } = [.. MLKem768.Libraries.Select(library => library.LibraryName)];

    [Fact]
    public void CCTVs_vectors_agree()
    {
        string? modulus = VectorSet.CctvMLKem.File("modulus-768.txt.gz", "modulus/ML-KEM-768.txt.gz");
        string? sample = VectorSet.CctvMLKem.File("unluckysample-768.txt", "unluckysample/ML-KEM-768.txt");
        Assert.SkipUnless(modulus is not null || sample is not null, VectorSet.CctvMLKem.IsMissing);
        foreach (MLKem768 library in MLKem768.Libraries)
        {
            if (modulus is not null)
            {
                RefusesKeysThatAreNotReduced(library, modulus);
            }

            if (sample is not null)
            {
                ComputesAnUnluckySample(library, sample);
            }
        }
    }

    [Fact]
    public void Every_library_gives_what_the_others_give()
    {
        byte[] seed = RandomNumberGenerator.GetBytes(MLKem768.SeedLength);
        foreach (MLKem768 mine in MLKem768.Libraries)
        {
            using MLKem768PrivateKey key = mine.ImportSeed(seed);
            foreach (MLKem768 other in MLKem768.Libraries)
            {
                using MLKem768PrivateKey same = other.ImportSeed(seed);
                Assert.Equal(EncapsulationKey(key), EncapsulationKey(same));
                (byte[] ciphertext, byte[] secret) = Encapsulate(other, EncapsulationKey(key));
                Assert.Equal(secret, Decapsulate(key, ciphertext));
                ciphertext[5] ^= 0x10;
                Assert.NotEqual(secret, Decapsulate(key, ciphertext));
                Assert.Equal(Decapsulate(same, ciphertext), Decapsulate(key, ciphertext));
            }
        }
    }

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Keys_and_secrets_are_new_each_time(string name)
    {
        MLKem768 library = Library(name);
        using MLKem768PrivateKey a = library.Generate(), b = library.Generate();
        Assert.NotEqual(EncapsulationKey(a), EncapsulationKey(b));
        (byte[] ciphertext1, byte[] secret1) = Encapsulate(library, EncapsulationKey(a));
        (byte[] ciphertext2, byte[] secret2) = Encapsulate(library, EncapsulationKey(a));
        Assert.NotEqual(ciphertext1, ciphertext2);
        Assert.NotEqual(secret1, secret2);
    }

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void A_key_that_is_disposed_of_is_gone(string name)
    {
        MLKem768PrivateKey key = Library(name).Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => EncapsulationKey(key));
        Assert.Throws<ObjectDisposedException>(() => Decapsulate(key, new byte[MLKem768.CiphertextLength]));
    }

    [Fact]
    public void Each_coefficient_is_checked()
    {
        byte[] key = new byte[MLKem768.EncapsulationKeyLength];
        key.AsSpan(1152).Fill(0xff);
        MLKem768.CheckEncapsulationKey(key);
        for (int i = 0; i < 768; i++)
        {
            Set(key, i, 3328);
            MLKem768.CheckEncapsulationKey(key);
            foreach (int tooLarge in new[] { 3329, 4095 })
            {
                Set(key, i, tooLarge);
                Assert.Equal(StationFault.InvalidKey, Assert.Throws<StationException>(() => MLKem768.CheckEncapsulationKey(key)).Fault);
            }

            Set(key, i, i);
        }

        static void Set(byte[] key, int index, int value)
        {
            int at = index / 2 * 3;
            if (index % 2 == 0)
            {
                key[at] = (byte)value;
                key[at + 1] = (byte)((key[at + 1] & 0xf0) | (value >> 8));
            }
            else
            {
                key[at + 1] = (byte)((key[at + 1] & 0x0f) | ((value & 0x0f) << 4));
                key[at + 2] = (byte)(value >> 4);
            }
        }
    }

    private static MLKem768 Library(string name) => MLKem768.Libraries.Single(library => library.LibraryName == name);

    private void RefusesKeysThatAreNotReduced(MLKem768 library, string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        int count = 0;
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => Encapsulate(library, Convert.FromHexString(line)));
            count++;
        }

        output.WriteLine($"{path}: {count} keys refused ({library.LibraryName})");
        Assert.NotEqual(0, count);
    }

    private void ComputesAnUnluckySample(MLKem768 library, string path)
    {
        var values = File.ReadAllLines(path).Select(line => line.Split(" = ")).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => Convert.FromHexString(pair[1]));
        if (library.LibraryName != ".NET")
        {
            byte[] ciphertext = new byte[MLKem768.CiphertextLength], secret = new byte[MLKem768.SharedSecretLength];
            library.UnsafeEncapsulate(values["ek"], values["m"], ciphertext, secret);
            Assert.Equal(values["c"], ciphertext);
            Assert.Equal(values["K"], secret);
        }

        using MLKem768PrivateKey key = library.ImportDecapsulationKey(values["dk"]);
        Assert.Equal(values["K"], Decapsulate(key, values["c"]));
        Assert.Equal(values["ek"], EncapsulationKey(key));
        output.WriteLine($"{path}: 1 agrees ({library.LibraryName})");
    }

    private static byte[] EncapsulationKey(MLKem768PrivateKey key)
    {
        byte[] bytes = new byte[MLKem768.EncapsulationKeyLength];
        key.GetEncapsulationKey(bytes);
        return bytes;
    }

    private static (byte[] Ciphertext, byte[] Secret) Encapsulate(MLKem768 library, byte[] key)
    {
        byte[] ciphertext = new byte[MLKem768.CiphertextLength], secret = new byte[MLKem768.SharedSecretLength];
        library.Encapsulate(key, ciphertext, secret);
        return (ciphertext, secret);
    }

    private static byte[] Decapsulate(MLKem768PrivateKey key, byte[] ciphertext)
    {
        byte[] secret = new byte[MLKem768.SharedSecretLength];
        key.Decapsulate(ciphertext, secret);
        return secret;
    }
}
