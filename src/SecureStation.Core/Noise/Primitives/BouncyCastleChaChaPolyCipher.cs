using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// <c>ChaChaPoly</c> where the platform has no ChaCha20-Poly1305 of its own (Windows 10). It allocates for each message:
/// BouncyCastle works on arrays and takes its key and nonce as objects.
/// </summary>
internal sealed class BouncyCastleChaChaPolyCipher(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly byte[] _key = key.ToArray();

    protected override void FormatNonce(ulong n, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], n);
    }

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        byte[] input = Rent(plaintext.Length);
        byte[] output = Rent(plaintext.Length + TagLength);
        try
        {
            plaintext.CopyTo(input);
            int length = Run(true, nonce, associatedData, input, plaintext.Length, output);
            output.AsSpan(0, plaintext.Length).CopyTo(ciphertext);
            output.AsSpan(plaintext.Length, length - plaintext.Length).CopyTo(tag);
        }
        finally
        {
            Return(input, plaintext.Length);
            Return(output, plaintext.Length + TagLength);
        }
    }

    public override void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        int length = ciphertext.Length;
        byte[] input = Rent(length + TagLength);
        byte[] output = Rent(length);
        try
        {
            ciphertext.CopyTo(input);
            tag.CopyTo(input.AsSpan(length));
            // BouncyCastle writes plaintext before it has seen the tag: the caller gets it only after.
            Run(false, nonce, associatedData, input, length + TagLength, output);
            output.AsSpan(0, length).CopyTo(plaintext);
        }
        catch (InvalidCipherTextException e)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            throw new AuthenticationTagMismatchException(e.Message, e);
        }
        finally
        {
            Return(input, length + TagLength);
            Return(output, length);
        }
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private int Run(bool encrypt, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, byte[] input, int length, byte[] output)
    {
        // A fresh object each time: one that is used again refuses a nonce seen before, also where that is right (decrypting after a failure).
        var aead = new Org.BouncyCastle.Crypto.Modes.ChaCha20Poly1305();
        aead.Init(encrypt, new AeadParameters(new KeyParameter(_key), TagLength * 8, nonce.ToArray(), associatedData.ToArray()));
        int written = aead.ProcessBytes(input, 0, length, output, 0);
        return written + aead.DoFinal(output, written);
    }

    private static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(length);

    private static void Return(byte[] buffer, int used)
    {
        CryptographicOperations.ZeroMemory(buffer.AsSpan(0, used));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
