using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureStation.Core.Noise.Primitives;

/// <summary><c>ChaChaPoly</c>: ChaCha20-Poly1305 (RFC 8439); the nonce is 4 zero bytes and n in little-endian.</summary>
internal sealed class ChaChaPolyCipher(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly ChaCha20Poly1305 _aead = new(key);

    protected override void FormatNonce(ulong n, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], n);
    }

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
        => _aead.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    public override void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
        => _aead.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);

    public override void Dispose() => _aead.Dispose();
}
