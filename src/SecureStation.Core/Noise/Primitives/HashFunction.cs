using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// One of the specification's hash functions
/// (<see href="https://noiseprotocol.org/noise.html#hash-functions">section 4.3</see>), with HMAC (RFC 2104) and HKDF over it.
/// </summary>
internal abstract class HashFunction(string name, int hashLength)
{
    /// <summary>The largest HASHLEN of any function.</summary>
    public const int MaxHashLength = 64;

    private static readonly HashFunction[] s_all =
    [
        new Sha2HashFunction("SHA256", 32, HashAlgorithmName.SHA256),
        new Sha2HashFunction("SHA512", 64, HashAlgorithmName.SHA512),
        new Blake2HashFunction("BLAKE2s", 32),
        new Blake2HashFunction("BLAKE2b", 64),
    ];

    /// <summary>The names of the hash functions in protocol names.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(s_all, hash => hash.Name);

    /// <summary>The function's name in protocol names.</summary>
    public string Name { get; } = name;

    /// <summary>HASHLEN in bytes, 32 or 64.</summary>
    public int HashLength { get; } = hashLength;

    /// <summary>The named function, or null where there is none.</summary>
    public static HashFunction? Find(string name) => Array.Find(s_all, hash => hash.Name == name);

    /// <summary>HASH(data): writes <see cref="HashLength"/> bytes.</summary>
    public abstract void Hash(ReadOnlySpan<byte> data, Span<byte> output);

    /// <summary>HMAC-HASH(key, data): writes <see cref="HashLength"/> bytes.</summary>
    public abstract void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output);

    /// <summary>
    /// HKDF(chaining_key, input_key_material, num_outputs): two outputs of HASHLEN bytes, or three where the third span is not empty.
    /// It is RFC 5869 with the chaining key as salt and no info. The outputs may overlap the inputs.
    /// </summary>
    public virtual void Hkdf(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> inputKeyMaterial, Span<byte> output1, Span<byte> output2, Span<byte> output3 = default)
    {
        Span<byte> tempKey = stackalloc byte[MaxHashLength];
        Span<byte> input = stackalloc byte[MaxHashLength + 1];
        tempKey = tempKey[..HashLength];
        input = input[..(HashLength + 1)];

        Hmac(chainingKey, inputKeyMaterial, tempKey);

        input[HashLength] = 1;
        Hmac(tempKey, input[HashLength..], output1);

        output1.CopyTo(input);
        input[HashLength] = 2;
        Hmac(tempKey, input, output2);

        if (!output3.IsEmpty)
        {
            output2.CopyTo(input);
            input[HashLength] = 3;
            Hmac(tempKey, input, output3);
        }

        CryptographicOperations.ZeroMemory(tempKey);
        CryptographicOperations.ZeroMemory(input);
    }
}
