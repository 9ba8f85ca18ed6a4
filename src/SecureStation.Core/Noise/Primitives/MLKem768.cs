using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// ML-KEM-768 (FIPS 203), the KEM function <c>MLKEM768</c> of protocol names, by one of the libraries that can compute it. All give the same bytes.
/// <see cref="Library"/> is the one to use.
/// </summary>
/// <remarks>
/// .NET has ML-KEM where the operating system has: with OpenSSL 3.5 on Linux, and on new Windows. BouncyCastle is always there.
/// Where .NET's is, it is taken: it computes outside managed code, in constant time, and is disposed of for good.
/// </remarks>
internal abstract class MLKem768
{
    /// <summary>The function's name in protocol names.</summary>
    public const string Name = "MLKEM768";

    /// <summary>Bytes in an encapsulation key: 3 × 256 coefficients of 12 bits, then rho.</summary>
    public const int EncapsulationKeyLength = CoefficientsLength + 32;

    /// <summary>Bytes in a ciphertext.</summary>
    public const int CiphertextLength = 1088;

    /// <summary>Bytes in a shared secret.</summary>
    public const int SharedSecretLength = 32;

    /// <summary>Bytes in the seed of a private key: d ‖ z.</summary>
    public const int SeedLength = 64;

    /// <summary>Bytes in a decapsulation key, which is a private key in its expanded form.</summary>
    public const int DecapsulationKeyLength = 2400;

    /// <summary>Bytes of randomness (m) that an encapsulation takes.</summary>
    public const int RandomnessLength = 32;

    private const int CoefficientsLength = 3 * 384;
    private const int Modulus = 3329;

    /// <summary>The libraries on this machine, the preferred one first.</summary>
    public static IReadOnlyList<MLKem768> Libraries { get; } = FindLibraries();

    /// <summary>The library to use, the same throughout the process.</summary>
    public static MLKem768 Library => Libraries[0];

    /// <summary>What the library is called.</summary>
    public abstract string LibraryName { get; }

    /// <summary>
    /// Checks a received encapsulation key (FIPS 203, section 7.2): its length, and that every coefficient is below 3329. Any rho will do.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it fails the check.</exception>
    public static void CheckEncapsulationKey(ReadOnlySpan<byte> encapsulationKey)
    {
        CheckLength(encapsulationKey, EncapsulationKeyLength, "encapsulation key");

        // Two coefficients in three bytes: the low 12 bits, then the high 12 bits.
        for (int i = 0; i < CoefficientsLength; i += 3)
        {
            int low = encapsulationKey[i] | ((encapsulationKey[i + 1] & 0x0f) << 8);
            int high = (encapsulationKey[i + 1] >> 4) | (encapsulationKey[i + 2] << 4);
            if (low >= Modulus || high >= Modulus)
            {
                throw new StationException(StationFault.InvalidKey, $"The ML-KEM-768 encapsulation key has a coefficient that is not below {Modulus}.");
            }
        }
    }

    /// <summary>Makes a new private key.</summary>
    public MLKem768PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return ImportSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The private key of a seed, d ‖ z, of which nothing of ours is kept.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length than 64.</exception>
    public MLKem768PrivateKey ImportSeed(ReadOnlySpan<byte> seed)
    {
        CheckLength(seed, SeedLength, "seed");
        return ImportSeedCore(seed);
    }

    /// <summary>The private key of a decapsulation key in its expanded form. Only test vectors come in it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length than 2,400, or the hash in it is not that of the key (FIPS 203, section 7.3).</exception>
    public MLKem768PrivateKey ImportDecapsulationKey(ReadOnlySpan<byte> decapsulationKey)
    {
        CheckLength(decapsulationKey, DecapsulationKeyLength, "decapsulation key");
        try
        {
            return ImportDecapsulationKeyCore(decapsulationKey);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StationException(StationFault.InvalidKey, "The ML-KEM-768 decapsulation key is not consistent.", e);
        }
    }

    /// <summary>Encaps(): writes a ciphertext of 1,088 bytes and the shared secret of 32 bytes in it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the key fails <see cref="CheckEncapsulationKey"/>.</exception>
    public void Encapsulate(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        CheckEncapsulationKey(encapsulationKey);
        EncapsulateCore(encapsulationKey, ciphertext[..CiphertextLength], sharedSecret[..SharedSecretLength]);
    }

    /// <summary>
    /// Encaps_internal() with given randomness (m), for known answers only: with the same m twice, or an m that somebody knows, nothing is secret.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: the key fails <see cref="CheckEncapsulationKey"/>, or m has another length than 32.
    /// <see cref="StationFault.InvalidState"/>: this library cannot be given randomness; .NET's cannot.
    /// </exception>
    public void UnsafeEncapsulate(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        CheckEncapsulationKey(encapsulationKey);
        CheckLength(randomness, RandomnessLength, "randomness");
        UnsafeEncapsulateCore(encapsulationKey, randomness, ciphertext[..CiphertextLength], sharedSecret[..SharedSecretLength]);
    }

    protected abstract MLKem768PrivateKey ImportSeedCore(ReadOnlySpan<byte> seed);

    protected abstract MLKem768PrivateKey ImportDecapsulationKeyCore(ReadOnlySpan<byte> decapsulationKey);

    protected abstract void EncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret);

    protected abstract void UnsafeEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret);

    private static void CheckLength(ReadOnlySpan<byte> value, int length, string what)
    {
        if (value.Length != length)
        {
            throw new StationException(StationFault.InvalidKey, $"The {what} of ML-KEM-768 has {length} bytes, not {value.Length}.");
        }
    }

    private static MLKem768[] FindLibraries() =>
        MLKem.IsSupported ? [new DotNetMLKem768(), new BouncyCastleMLKem768()] : [new BouncyCastleMLKem768()];
}
