using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>
/// The message cipher: IDEA in a counter mode whose counter never changes.
/// <code>
/// stream      = IDEA(key, key[0..8]) ‖ IDEA(key, key[8..16])
/// wire byte i = text[i] XOR stream[i mod 16]
/// </code>
/// Every message of a session, in both directions, is XORed with the same 16 bytes.
/// </summary>
internal sealed class IdeaKeystream : IDisposable
{
    /// <summary>Bytes of the stream, before it repeats.</summary>
    public const int Length = 16;

    private const int BlockLength = 8;

    private readonly byte[] _stream = new byte[Length];

    /// <summary>Makes the stream of a key.</summary>
    /// <param name="key">16 bytes.</param>
    public IdeaKeystream(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Length);
        byte[] counter = key.ToArray();
        var idea = new IdeaEngine();
        idea.Init(forEncryption: true, new KeyParameter(counter));
        idea.ProcessBlock(counter, 0, _stream, 0);
        idea.ProcessBlock(counter, BlockLength, _stream, BlockLength);
        CryptographicOperations.ZeroMemory(counter);
    }

    /// <summary>The 16 bytes, for the transcript.</summary>
    public string ToHex() => Convert.ToHexStringLower(_stream);

    /// <summary>Encrypts or decrypts in place.</summary>
    /// <param name="bytes">The text or what came over the wire.</param>
    /// <param name="phase">The stream's position at the first byte: not 0 where a message goes on.</param>
    public void Apply(Span<byte> bytes, int phase = 0)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= _stream[(phase + i) % Length];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_stream);
}
