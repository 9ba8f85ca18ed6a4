namespace SecureStation.Core.Age;

/// <summary>Reads the bytes in ASCII armor, line by line; it is drawn at <see cref="Armor"/>. The source is not disposed of.</summary>
internal sealed class ArmorReader(Stream source) : OneWayStream
{
    // As in the reference.
    private const int MaxWhiteSpace = 1024;

    private readonly BufferedStream _source = new(source, 4096);
    private readonly byte[] _line = new byte[MaxWhiteSpace + Armor.Columns];
    private byte[] _bytes = [];
    private int _start;
    private bool _hasBegun;
    private bool _hasEnded;
    private bool _isLastLine;
    private AgeException? _failure;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    /// <exception cref="AgeException"><see cref="AgeFailure.Armor"/>. What stands before the fault is given out first.</exception>
    public override int Read(Span<byte> buffer)
    {
        int written = 0;
        try
        {
            while (written < buffer.Length && FillLine())
            {
                int length = Math.Min(buffer.Length - written, _bytes.Length - _start);
                _bytes.AsSpan(_start, length).CopyTo(buffer[written..]);
                _start += length;
                written += length;
            }
        }
        catch (AgeException e)
        {
            _failure = e;
            if (written == 0)
            {
                throw;
            }
        }

        return written;
    }

    // Whether there is a byte to give out.
    private bool FillLine()
    {
        if (_start < _bytes.Length)
        {
            return true;
        }

        if (_failure is not null)
        {
            throw new AgeException(_failure.Failure, _failure.Message, _failure);
        }

        if (_hasEnded)
        {
            return false;
        }

        if (!_hasBegun)
        {
            ReadBegin();
            _hasBegun = true;
        }

        ReadOnlySpan<byte> line = ReadLine(Armor.Columns);
        if (line.SequenceEqual(Armor.End))
        {
            CheckRest();
            _hasEnded = true;
            return false;
        }

        if (_isLastLine || line.IsEmpty || AgeBase64.DecodePadded(line) is not { } bytes)
        {
            throw Malformed("has a line that is not canonical base64 in 64 columns");
        }

        _bytes = bytes;
        _start = 0;
        _isLastLine = bytes.Length < Armor.LineBytes;
        return true;
    }

    private void ReadBegin()
    {
        int skipped = 0;
        while (true)
        {
            ReadOnlySpan<byte> line = ReadLine(_line.Length - 1);
            if (line.SequenceEqual(Armor.Begin))
            {
                return;
            }

            skipped += line.Length + 1;
            if (line.ContainsAnyExcept(" \t\r\v\f"u8) || skipped > MaxWhiteSpace)
            {
                throw Malformed("does not begin with its BEGIN line");
            }
        }
    }

    private void CheckRest()
    {
        for (int skipped = 0, value; (value = _source.ReadByte()) >= 0; skipped++)
        {
            if (skipped == MaxWhiteSpace || !" \t\r\n\v\f"u8.Contains((byte)value))
            {
                throw Malformed("is followed by something");
            }
        }
    }

    // A line without its LF or CRLF; the end of the file ends one too.
    private ReadOnlySpan<byte> ReadLine(int maxLength)
    {
        int length = 0;
        while (true)
        {
            int value = _source.ReadByte();
            if (value < 0 && length == 0)
            {
                throw Malformed("ends without its END line");
            }

            if (value is < 0 or '\n')
            {
                int end = length > 0 && value == '\n' && _line[length - 1] == '\r' ? length - 1 : length;
                return end <= maxLength ? _line.AsSpan(0, end) : throw Malformed("has a line that is too long");
            }

            if (length > maxLength)
            {
                throw Malformed("has a line that is too long");
            }

            _line[length++] = (byte)value;
        }
    }

    private static AgeException Malformed(string why) => new(AgeFailure.Armor, $"The armor of the age file {why}.");
}
