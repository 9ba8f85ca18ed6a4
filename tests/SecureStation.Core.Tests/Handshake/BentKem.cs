using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>A KEM of a side that does not keep to it: it gives out another encapsulation key, or sends another ciphertext than it made.</summary>
internal sealed class BentKem(Action<Span<byte>>? bendKey = null, Action<Span<byte>>? bendCiphertext = null) : MLKem768
{
    public override string LibraryName => "bent";

    protected override MLKem768PrivateKey ImportSeedCore(ReadOnlySpan<byte> seed) => new BentKey(Library.ImportSeed(seed), bendKey);

    protected override MLKem768PrivateKey ImportDecapsulationKeyCore(ReadOnlySpan<byte> decapsulationKey) => Library.ImportDecapsulationKey(decapsulationKey);

    protected override void EncapsulateCore(ReadOnlySpan<byte> encapsulationKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        Library.Encapsulate(encapsulationKey, ciphertext, sharedSecret);
        bendCiphertext?.Invoke(ciphertext);
    }

    protected override void UnsafeEncapsulateCore(ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> sharedSecret)
        => throw new NotSupportedException();

    private sealed class BentKey(MLKem768PrivateKey key, Action<Span<byte>>? bend) : MLKem768PrivateKey
    {
        public override void GetEncapsulationKey(Span<byte> encapsulationKey)
        {
            key.GetEncapsulationKey(encapsulationKey);
            bend?.Invoke(encapsulationKey);
        }

        public override void Dispose() => key.Dispose();

        protected override void DecapsulateCore(ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret) => key.Decapsulate(ciphertext, sharedSecret);
    }
}
