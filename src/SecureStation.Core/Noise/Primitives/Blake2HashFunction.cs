using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// <c>BLAKE2s</c> and <c>BLAKE2b</c> (RFC 7693) by BouncyCastle, unkeyed and with the full output length.
/// HMAC is the ordinary construction, not BLAKE2's own keyed mode, as section 4.3 wants.
/// </summary>
internal sealed class Blake2HashFunction(string name, int hashLength) : HashFunction(name, hashLength)
{
    public override void Hash(ReadOnlySpan<byte> data, Span<byte> output)
    {
        IDigest digest = CreateDigest();
        byte[] input = data.ToArray();
        byte[] result = new byte[HashLength];
        digest.BlockUpdate(input, 0, input.Length);
        digest.DoFinal(result, 0);
        result.CopyTo(output);
    }

    public override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output)
    {
        byte[] keyBytes = key.ToArray();
        byte[] input = data.ToArray();
        byte[] result = new byte[HashLength];
        var hmac = new HMac(CreateDigest());
        hmac.Init(new KeyParameter(keyBytes));
        hmac.BlockUpdate(input, 0, input.Length);
        hmac.DoFinal(result, 0);
        result.CopyTo(output);
        CryptographicOperations.ZeroMemory(keyBytes);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(result);
    }

    private IDigest CreateDigest() => HashLength == 32 ? new Blake2sDigest(256) : new Blake2bDigest(512);
}
