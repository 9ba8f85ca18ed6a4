using System.Text;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// The text of a Python 2 tuple of one byte string, as <c>str((s,))</c> writes it and as the old programs read it, with <c>eval</c>:
/// <code>
/// "(" quote byte* quote ",)"        quote: ' unless the bytes hold a ' and no "
/// </code>
/// The reader here takes what is such a tuple and nothing else: both quotes, also tripled, the prefixes b and r, every escape of
/// Python 2, blanks and line ends between the parts. ASCII only.
/// </summary>
internal static class PythonTuple
{
    private const byte Backslash = (byte)'\\';

    /// <summary>Writes the canonical text.</summary>
    public static byte[] Write(ReadOnlySpan<byte> value)
    {
        byte quote = value.Contains((byte)'\'') && !value.Contains((byte)'"') ? (byte)'"' : (byte)'\'';
        var text = new StringBuilder(3 * value.Length + 8).Append('(').Append((char)quote);
        foreach (byte b in value)
        {
            _ = b switch
            {
                Backslash => text.Append(@"\\"),
                _ when b == quote => text.Append('\\').Append((char)b),
                (byte)'\t' => text.Append(@"\t"),
                (byte)'\n' => text.Append(@"\n"),
                (byte)'\r' => text.Append(@"\r"),
                < 0x20 or >= 0x7F => text.Append(@"\x").Append(b.ToString("x2", null)),
                _ => text.Append((char)b),
            };
        }

        return Encoding.ASCII.GetBytes(text.Append((char)quote).Append(",)").ToString());
    }

    /// <summary>Reads a tuple at the beginning of the text. False: it is not complete yet.</summary>
    /// <param name="text">What has come so far.</param>
    /// <param name="value">The byte string.</param>
    /// <param name="length">The bytes of the text that the tuple takes, up to its closing parenthesis.</param>
    /// <exception cref="FormatException">It is not the beginning of such a tuple.</exception>
    public static bool TryRead(ReadOnlySpan<byte> text, out byte[] value, out int length)
    {
        value = [];
        length = 0;
        var reader = new Reader(text);
        if (!reader.Skip((byte)'(') || !reader.ReadLiteral(out byte[] literal) || !reader.Skip((byte)',') || !reader.Skip((byte)')'))
        {
            return false;
        }

        value = literal;
        length = reader.Position;
        return true;
    }

    // Every method returns false where the text ends too early.
    private ref struct Reader(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;

        public int Position { get; private set; }

        private readonly bool IsAtEnd => Position == _text.Length;

        public bool Skip(byte expected)
        {
            SkipBlanks();
            if (IsAtEnd)
            {
                return false;
            }

            if (_text[Position] != expected)
            {
                throw new FormatException($"'{(char)expected}' was expected at byte {Position}");
            }

            Position++;
            return true;
        }

        public bool ReadLiteral(out byte[] value)
        {
            value = [];
            SkipBlanks();
            if (!ReadPrefix(out bool isRaw) || !ReadQuote(out byte quote, out bool isTriple))
            {
                return false;
            }

            var bytes = new List<byte>(_text.Length - Position);
            while (!IsAtEnd)
            {
                byte b = _text[Position];
                if (b == quote)
                {
                    if (!isTriple)
                    {
                        Position++;
                        value = [.. bytes];
                        return true;
                    }

                    if (_text.Length - Position < 3)
                    {
                        return false;
                    }

                    if (_text[Position + 1] == quote && _text[Position + 2] == quote)
                    {
                        Position += 3;
                        value = [.. bytes];
                        return true;
                    }
                }

                if (b == Backslash)
                {
                    if (!ReadEscape(bytes, isRaw))
                    {
                        return false;
                    }

                    continue;
                }

                if (b >= 0x80 || (b is (byte)'\n' or (byte)'\r' && !isTriple) || b == 0)
                {
                    throw new FormatException($"byte {b:x2} at {Position} cannot stand in the literal");
                }

                bytes.Add(b);
                Position++;
            }

            return false;
        }

        private bool ReadPrefix(out bool isRaw)
        {
            // Whatever else stands there, ReadQuote refuses.
            SkipLetter('b');
            isRaw = SkipLetter('r');
            return !IsAtEnd;
        }

        private bool SkipLetter(char letter)
        {
            bool isThere = !IsAtEnd && (_text[Position] | 0x20) == letter;
            Position += isThere ? 1 : 0;
            return isThere;
        }

        private bool ReadQuote(out byte quote, out bool isTriple)
        {
            isTriple = false;
            quote = _text[Position];
            if (quote is not ((byte)'\'' or (byte)'"'))
            {
                throw new FormatException($"a quote was expected at byte {Position}");
            }

            // Two quotes are an empty string, or the beginning of three.
            if (_text.Length - Position >= 2 && _text[Position + 1] == quote)
            {
                if (_text.Length - Position == 2)
                {
                    return false;
                }

                isTriple = _text[Position + 2] == quote;
            }

            Position += isTriple ? 3 : 1;
            return true;
        }

        private bool ReadEscape(List<byte> bytes, bool isRaw)
        {
            if (_text.Length - Position < 2)
            {
                return false;
            }

            byte escaped = _text[Position + 1];
            if (escaped >= 0x80 || escaped == 0)
            {
                throw new FormatException($"byte {escaped:x2} at {Position + 1} cannot stand in the literal");
            }

            if (isRaw)
            {
                bytes.Add(Backslash);
                bytes.Add(escaped);
                Position += 2;
                return true;
            }

            switch (escaped)
            {
                case (byte)'x':
                    return ReadHex(bytes);
                case >= (byte)'0' and <= (byte)'7':
                    return ReadOctal(bytes);
            }

            Position += 2;
            int plain = "\\'\"abfnrtv".IndexOf((char)escaped);
            if (plain >= 0)
            {
                bytes.Add((byte)"\\'\"\a\b\f\n\r\t\v"[plain]);
            }
            else if (escaped != '\n')
            {
                // An unknown escape keeps its backslash; one before a line's end joins the lines.
                bytes.Add(Backslash);
                bytes.Add(escaped);
            }

            return true;
        }

        private bool ReadHex(List<byte> bytes)
        {
            for (int i = 2; i < 4; i++)
            {
                if (Position + i == _text.Length)
                {
                    return false;
                }

                if (!char.IsAsciiHexDigit((char)_text[Position + i]))
                {
                    throw new FormatException($"two hex digits were expected at byte {Position + 2}");
                }
            }

            bytes.Add(byte.Parse(Encoding.ASCII.GetString(_text.Slice(Position + 2, 2)), System.Globalization.NumberStyles.HexNumber, null));
            Position += 4;
            return true;
        }

        // Up to three digits; what does not fit into a byte is cut off: \777 is ff.
        private bool ReadOctal(List<byte> bytes)
        {
            int number = 0;
            int end = Position + 1;
            while (end < Position + 4 && end < _text.Length && _text[end] is >= (byte)'0' and <= (byte)'7')
            {
                number = (8 * number) + (_text[end++] - '0');
            }

            if (end == _text.Length)
            {
                return false;
            }

            bytes.Add((byte)number);
            Position = end;
            return true;
        }

        private void SkipBlanks()
        {
            while (!IsAtEnd && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            {
                Position++;
            }
        }
    }
}
