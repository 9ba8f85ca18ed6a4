using System.Buffers.Binary;
using System.Text;

namespace SecureStation.Core.Keys;

/// <summary>
/// Reads SSH's data types (RFC 4251, 5) from a blob that somebody else wrote. Nothing is copied, and no length is believed before what is
/// there has been compared with it.
/// </summary>
internal ref struct OpenSshReader(ReadOnlySpan<byte> blob)
{
    private ReadOnlySpan<byte> _rest = blob;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: cut off. So in all that follow.</exception>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(sizeof(uint)));

    /// <summary>string: uint32 length, bytes.</summary>
    public ReadOnlySpan<byte> ReadString(int maxLength)
    {
        uint length = ReadUInt32();
        return length <= (uint)maxLength ? ReadBytes((int)length) : throw Malformed();
    }

    /// <summary>A name: printable ASCII, 64 characters at most (RFC 4251, 6).</summary>
    public string ReadName()
    {
        ReadOnlySpan<byte> name = ReadString(64);
        return name.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? throw Malformed() : Encoding.ASCII.GetString(name);
    }

    /// <summary>mpint, of a positive number in its one right form; without the zero byte in front.</summary>
    public ReadOnlySpan<byte> ReadPositive(int maxLength)
    {
        ReadOnlySpan<byte> number = ReadString(maxLength + 1);
        bool hasZero = number is [0, >= 0x80, ..];
        if (!hasZero && number is [] or [0, ..] or [>= 0x80, ..])
        {
            throw Malformed();
        }

        number = hasZero ? number[1..] : number;
        return number.Length <= maxLength ? number : throw Malformed();
    }

    public readonly void RequireEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw Malformed();
        }
    }

    public static StationException Malformed() => KeyErrors.Invalid("The OpenSSH key is damaged or cut off.");
}
