using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// BouncyCastle's ML-KEM-768. What is ours of a secret is zeroed; BouncyCastle's own objects hold copies that cannot be, and are dropped.
/// </summary>
internal sealed class BouncyCastleMLKem768 : MLKem768
{
    private static readonly MLKemParameters s_parameters = MLKemParameters.ml_kem_768;

    public override string LibraryName => "BouncyCastle";

    protected override MLKem768PrivateKey ImportSeedCore(ReadOnlySpan<byte> seed)
        => new PrivateKey(WithArray(seed, static bytes => MLKemPrivateKeyParameters.FromSeed(s_parameters, bytes)));

    protected override MLKem768PrivateKey ImportDecapsulationKeyCore(ReadOnlySpan<byte> decapsulationKey)
        => new PrivateKey(WithArray(decapsulationKey, static bytes => MLKemPrivateKeyParameters.FromEncoding(s_parameters, bytes)));

    protected override void EncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        // The randomness is .NET's, so that it does not hang on how BouncyCastle seeds its own.
        Span<byte> randomness = stackalloc byte[RandomnessLength];
        RandomNumberGenerator.Fill(randomness);
        try
        {
            UnsafeEncapsulateCore(encapsulationKey, randomness, ciphertext, sharedSecret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(randomness);
        }
    }

    protected override void UnsafeEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        MLKemPublicKeyParameters key = MLKemPublicKeyParameters.FromEncoding(s_parameters, encapsulationKey.ToArray());
        using var given = new GivenRandomness(randomness);
        var encapsulator = new MLKemEncapsulator(s_parameters);
        encapsulator.Init(new ParametersWithRandom(key, new SecureRandom(given)));
        encapsulator.Encapsulate(ciphertext, sharedSecret);
    }

    /// <summary>Hands over a secret in the form that BouncyCastle takes, which copies it.</summary>
    private static T WithArray<T>(ReadOnlySpan<byte> secret, Func<byte[], T> use)
    {
        byte[] bytes = secret.ToArray();
        try
        {
            return use(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private sealed class PrivateKey(MLKemPrivateKeyParameters key) : MLKem768PrivateKey
    {
        private MLKemPrivateKeyParameters? _key = key;

        public override void GetEncapsulationKey(Span<byte> encapsulationKey) => Key().GetPublicKeyEncoded().CopyTo(encapsulationKey);

        public override void Dispose() => _key = null;

        protected override void DecapsulateCore(ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
        {
            var decapsulator = new MLKemDecapsulator(s_parameters);
            decapsulator.Init(Key());
            decapsulator.Decapsulate(ciphertext, sharedSecret);
        }

        private MLKemPrivateKeyParameters Key()
        {
            ObjectDisposedException.ThrowIf(_key is null, this);
            return _key;
        }
    }

    /// <summary>A generator that gives m, once.</summary>
    private sealed class GivenRandomness(ReadOnlySpan<byte> randomness) : IRandomGenerator, IDisposable
    {
        private readonly byte[] _randomness = randomness.ToArray();
        private bool _isUsed;

        public void AddSeedMaterial(byte[] seed)
        {
        }

        public void AddSeedMaterial(ReadOnlySpan<byte> seed)
        {
        }

        public void AddSeedMaterial(long seed)
        {
        }

        public void NextBytes(byte[] bytes) => NextBytes(bytes.AsSpan());

        public void NextBytes(byte[] bytes, int start, int len) => NextBytes(bytes.AsSpan(start, len));

        public void NextBytes(Span<byte> bytes)
        {
            if (_isUsed || bytes.Length != _randomness.Length)
            {
                throw new InvalidOperationException("An encapsulation takes its 32 bytes of randomness once.");
            }

            _isUsed = true;
            _randomness.CopyTo(bytes);
        }

        public void Dispose() => CryptographicOperations.ZeroMemory(_randomness);
    }
}
