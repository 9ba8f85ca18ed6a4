using System.Security.Cryptography;

namespace SecureStation.Core.Sealing;

/// <summary>Reads a stream into buffers by turns: one is filled while others are in use. Each is made when it is first needed; <see cref="Dispose"/> zeroes them.</summary>
/// <param name="length">Bytes of each.</param>
/// <param name="count">How many, 2 at least.</param>
internal sealed class BlockRing(int length, int count) : IDisposable
{
    private readonly byte[]?[] _buffers = new byte[]?[count];
    private int _next;

    /// <summary>The next block, full but for the last, good until as many more were read as there are buffers; empty at the end.</summary>
    public ReadOnlyMemory<byte> Read(Stream source)
    {
        byte[] buffer = _buffers[_next] ??= new byte[length];
        _next = (_next + 1) % count;
        return buffer.AsMemory(0, source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (byte[]? buffer in _buffers)
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
