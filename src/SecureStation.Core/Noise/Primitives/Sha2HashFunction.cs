using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary><c>SHA256</c> and <c>SHA512</c> (FIPS 180-4) by the platform.</summary>
internal sealed class Sha2HashFunction(string name, int hashLength, HashAlgorithmName algorithm) : HashFunction(name, hashLength)
{
    public override void Hash(ReadOnlySpan<byte> data, Span<byte> output) => CryptographicOperations.HashData(algorithm, data, output);

    public override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) => CryptographicOperations.HmacData(algorithm, key, data, output);
}
