namespace SecureStation.Core.Noise.Primitives;

/// <summary>A private key for ML-KEM-768 (FIPS 203), held by the library that computes with it. Not for several threads at a time.</summary>
internal abstract class MLKem768PrivateKey : IDisposable
{
    /// <summary>Writes the 1,184 bytes of the encapsulation key, which is public.</summary>
    public abstract void GetEncapsulationKey(Span<byte> encapsulationKey);

    /// <summary>
    /// Decaps(): writes the 32-byte secret that a ciphertext has for this key. A ciphertext that was not made for it gives a secret that nobody else
    /// has (implicit rejection), never an error: only what is decrypted under the secret tells.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another length than 1,088.</exception>
    public void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        if (ciphertext.Length != MLKem768.CiphertextLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"A ciphertext of ML-KEM-768 has {MLKem768.CiphertextLength} bytes, not {ciphertext.Length}.");
        }

        DecapsulateCore(ciphertext, sharedSecret[..MLKem768.SharedSecretLength]);
    }

    /// <summary>Frees the key; every use afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public abstract void Dispose();

    protected abstract void DecapsulateCore(ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret);
}
