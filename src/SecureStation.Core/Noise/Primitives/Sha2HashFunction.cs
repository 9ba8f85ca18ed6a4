using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary><c>SHA256</c> and <c>SHA512</c> (FIPS 180-4) by the platform.</summary>
internal sealed class Sha2HashFunction(string name, int hashLength, HashAlgorithmName algorithm) : HashFunction(name, hashLength)
{
    public override void Hash(ReadOnlySpan<byte> data, Span<byte> output) => CryptographicOperations.HashData(algorithm, data, output);

    public override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) => CryptographicOperations.HmacData(algorithm, key, data, output);

    // The platform's own HKDF-Expand keys HMAC once for all outputs. (Its HKDF-Extract takes no empty input, which Split() has.)
    public override void Hkdf(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> inputKeyMaterial, Span<byte> output1, Span<byte> output2, Span<byte> output3 = default)
    {
        Span<byte> buffer = stackalloc byte[4 * MaxHashLength];
        Span<byte> tempKey = buffer[..HashLength];
        Span<byte> outputs = buffer.Slice(HashLength, (output3.IsEmpty ? 2 : 3) * HashLength);
        Hmac(chainingKey, inputKeyMaterial, tempKey);
        HKDF.Expand(algorithm, tempKey, outputs, info: []);
        outputs[..HashLength].CopyTo(output1);
        outputs.Slice(HashLength, HashLength).CopyTo(output2);
        outputs[(2 * HashLength)..].CopyTo(output3);
        CryptographicOperations.ZeroMemory(buffer);
    }
}
