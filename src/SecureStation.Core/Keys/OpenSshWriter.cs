using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.Keys;

/// <summary>Writes SSH's data types (RFC 4251, 5) into one buffer that does not grow, so that no copy of a secret is left behind.</summary>
internal sealed class OpenSshWriter(int capacity) : IDisposable
{
    private readonly byte[] _buffer = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(uint);
    }

    public void WriteString(ReadOnlySpan<byte> bytes)
    {
        WriteUInt32((uint)bytes.Length);
        WriteBytes(bytes);
    }

    public void WriteString(string text) => WriteString(Encoding.UTF8.GetBytes(text));

    /// <summary>mpint of a positive number: no zeros in front but the one that keeps the top bit clear.</summary>
    public void WritePositive(ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        bool hasTopBit = number is [>= 0x80, ..];
        WriteUInt32((uint)number.Length + (hasTopBit ? 1u : 0u));
        if (hasTopBit)
        {
            WriteBytes([0]);
        }

        WriteBytes(number);
    }

    /// <summary>Zeroes the buffer.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);
}
