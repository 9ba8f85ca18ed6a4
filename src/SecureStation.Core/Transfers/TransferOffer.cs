using System.Buffers.Binary;
using System.Text;

namespace SecureStation.Core.Transfers;

/// <summary>
/// What a sender says of a file, or of an empty folder, before anything of it goes:
/// <code>
/// id [16] | leaf u32 | length u64 | modified i64 | created i64 | mode u16 | type u8 | parts u8 | each part: u16 length, UTF-8
/// </code>
/// Times are 100 ns since 1970 in UTC, 0 where not known; mode is Unix's permission bits, FFFF where the sender is none; type is 0 for a file, 1 for a
/// folder, whose length is 0. The parts are the names from the folder that is sent down to the file. There is no hash: nobody reads 100 GiB before
/// the first byte goes.
/// </summary>
internal sealed record TransferOffer(TransferId Id, IReadOnlyList<string> Parts, long Length)
{
    /// <summary>Bytes of a leaf of the hash tree: 1 MiB.</summary>
    public const int LeafSize = 1024 * 1024;

    /// <summary>The longest file, in bytes.</summary>
    public const long MaxLength = 1L << 62;

    /// <summary>The most parts of a name.</summary>
    public const int MaxParts = 100;

    /// <summary>The most bytes of all parts together.</summary>
    public const int MaxNameBytes = 4096;

    /// <summary>A mode that is not known.</summary>
    public const ushort NoMode = 0xFFFF;

    private const int FixedSize = TransferId.Size + 4 + 8 + 8 + 8 + 2 + 1 + 1;
    private const byte TypeFile = 0;
    private const byte TypeFolder = 1;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>When it was changed, as 100 ns since 1970; 0 where not known.</summary>
    public long Modified { get; init; }

    /// <summary>When it was made, as 100 ns since 1970; 0 where not known.</summary>
    public long Created { get; init; }

    /// <summary>Unix's permission bits, or <see cref="NoMode"/>.</summary>
    public ushort Mode { get; init; } = NoMode;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Leaves of the file: the last may be short.</summary>
    public long Leaves => LeavesOf(Length);

    /// <summary>The parts, with a slash between them: for people and for the name of the part file.</summary>
    public string Name => string.Join('/', Parts);

    /// <summary>The leaves of so many bytes.</summary>
    public static long LeavesOf(long length) => (length + LeafSize - 1) / LeafSize;

    /// <summary>Bytes of a leaf.</summary>
    public int LengthOf(long leaf) => (int)Math.Min(LeafSize, Length - (leaf * LeafSize));

    /// <summary>A time on the wire.</summary>
    public static long ToWire(DateTime utc) => utc.Ticks - DateTime.UnixEpoch.Ticks;

    /// <summary>A time of the wire; null for 0, and for what no calendar here has.</summary>
    public static DateTime? FromWire(long time) =>
        time != 0 && time >= -DateTime.UnixEpoch.Ticks && time <= DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks
            ? DateTime.UnixEpoch.AddTicks(time)
            : null;

    /// <summary>The body of the message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.UnsafeName"/>: too many parts, too long, or not to be written in UTF-8.</exception>
    public byte[] Encode()
    {
        byte[][] parts = EncodeParts();
        byte[] body = new byte[FixedSize + parts.Sum(static part => sizeof(ushort) + part.Length)];
        Id.Write(body);
        Span<byte> rest = body.AsSpan(TransferId.Size);
        BinaryPrimitives.WriteUInt32BigEndian(rest, LeafSize);
        BinaryPrimitives.WriteInt64BigEndian(rest[4..], Length);
        BinaryPrimitives.WriteInt64BigEndian(rest[12..], Modified);
        BinaryPrimitives.WriteInt64BigEndian(rest[20..], Created);
        BinaryPrimitives.WriteUInt16BigEndian(rest[28..], Mode);
        rest[30] = IsFolder ? TypeFolder : TypeFile;
        rest[31] = (byte)parts.Length;
        rest = rest[32..];
        foreach (byte[] part in parts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)part.Length);
            part.CopyTo(rest[2..]);
            rest = rest[(2 + part.Length)..];
        }

        return body;
    }

    /// <summary>Reads the body of a message, whose first 16 bytes are there.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/>; <see cref="StationFault.UnsafeName"/>.</exception>
    public static TransferOffer Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedSize)
        {
            TransferErrors.ThrowBroken("an offer that is too short");
        }

        var id = TransferId.Read(body);
        ReadOnlySpan<byte> rest = body[TransferId.Size..];
        uint leaf = BinaryPrimitives.ReadUInt32BigEndian(rest);
        long length = BinaryPrimitives.ReadInt64BigEndian(rest[4..]);
        byte type = rest[30];
        if (leaf != LeafSize || length is < 0 or > MaxLength || type > TypeFolder || (type == TypeFolder && length != 0))
        {
            TransferErrors.ThrowBroken("an offer with another leaf, type or length than there are");
        }

        return new TransferOffer(id, ReadParts(rest[31], rest[32..]), length)
        {
            Modified = BinaryPrimitives.ReadInt64BigEndian(rest[12..]),
            Created = BinaryPrimitives.ReadInt64BigEndian(rest[20..]),
            Mode = BinaryPrimitives.ReadUInt16BigEndian(rest[28..]),
            IsFolder = type == TypeFolder,
        };
    }

    private static string[] ReadParts(int count, ReadOnlySpan<byte> rest)
    {
        if (count is 0 or > MaxParts || rest.Length > MaxNameBytes + (count * sizeof(ushort)))
        {
            throw TooLong();
        }

        var parts = new string[count];
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < sizeof(ushort) || rest.Length - sizeof(ushort) < BinaryPrimitives.ReadUInt16BigEndian(rest))
            {
                TransferErrors.ThrowBroken("an offer whose names are cut off");
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            parts[i] = Decode(rest.Slice(sizeof(ushort), length));
            rest = rest[(sizeof(ushort) + length)..];
        }

        if (!rest.IsEmpty)
        {
            TransferErrors.ThrowBroken("an offer with more after its names");
        }

        return parts;
    }

    private byte[][] EncodeParts()
    {
        try
        {
            byte[][] parts = [.. Parts.Select(static part => s_utf8.GetBytes(part))];
            return parts.Length is 0 or > MaxParts || parts.Sum(static part => part.Length) > MaxNameBytes ? throw TooLong() : parts;
        }
        catch (EncoderFallbackException e)
        {
            throw new StationException(StationFault.UnsafeName, "The name is not text: it cannot be sent.", e);
        }
    }

    private static string Decode(ReadOnlySpan<byte> part)
    {
        try
        {
            return s_utf8.GetString(part);
        }
        catch (DecoderFallbackException e)
        {
            throw new StationException(StationFault.UnsafeName, "A name is not valid UTF-8.", e);
        }
    }

    private static StationException TooLong() =>
        new(StationFault.UnsafeName, $"A name has 1 to {MaxParts} parts, and {MaxNameBytes} bytes in all.");
}
