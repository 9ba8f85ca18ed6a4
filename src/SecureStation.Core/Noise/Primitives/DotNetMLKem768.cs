using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>.NET's ML-KEM-768, which is the operating system's.</summary>
internal sealed class DotNetMLKem768 : MLKem768
{
    public override string LibraryName => ".NET";

    protected override MLKem768PrivateKey ImportSeedCore(ReadOnlySpan<byte> seed) => new PrivateKey(MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, seed));

    protected override MLKem768PrivateKey ImportDecapsulationKeyCore(ReadOnlySpan<byte> decapsulationKey)
        => new PrivateKey(MLKem.ImportDecapsulationKey(MLKemAlgorithm.MLKem768, decapsulationKey));

    protected override void EncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        using MLKem key = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, encapsulationKey);
        key.Encapsulate(ciphertext, sharedSecret);
    }

    protected override void UnsafeEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret)
        => throw new StationException(StationFault.InvalidState, ".NET's ML-KEM takes no randomness; known answers of encapsulation need BouncyCastle's.");

    private sealed class PrivateKey(MLKem key) : MLKem768PrivateKey
    {
        public override void GetEncapsulationKey(Span<byte> encapsulationKey) => key.ExportEncapsulationKey(encapsulationKey);

        public override void Dispose() => key.Dispose();

        protected override void DecapsulateCore(ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret) => key.Decapsulate(ciphertext, sharedSecret);
    }
}
