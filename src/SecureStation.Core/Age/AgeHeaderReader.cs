using System.Buffers;
using System.Text;

namespace SecureStation.Core.Age;

/// <summary>Reads a header (age.md, "Header"), byte by byte and not one byte further.</summary>
/// <remarks>
/// <code>
/// age-encryption.org/v1
/// -> TYPE ARG …        one space between; each argument is 1 or more bytes of 0x21-0x7e
/// base64 of the body   lines of exactly 64 columns, then one shorter line, which may be empty
/// --- MAC              43 characters of base64
/// </code>
/// Lines end with LF. One or more stanzas.
/// </remarks>
internal sealed class AgeHeaderReader
{
    public const string Version = "age-encryption.org/v1";
    public const int Columns = 64;
    public const int MacLength = 32;

    private readonly Stream _source;
    private readonly AgeLimits _limits;
    private readonly ArrayBufferWriter<byte> _received = new();

    private AgeHeaderReader(Stream source, AgeLimits limits)
    {
        _source = source;
        _limits = limits;
    }

    /// <summary>Reads the header that a stream begins with.</summary>
    /// <param name="source">A stream that answers single bytes quickly.</param>
    /// <param name="limits">What is taken.</param>
    /// <exception cref="AgeException"><see cref="AgeFailure.Header"/>.</exception>
    public static AgeHeader Read(Stream source, AgeLimits limits) => new AgeHeaderReader(source, limits).Read();

    private AgeHeader Read()
    {
        if (!Encoding.ASCII.GetBytes(Version).AsSpan().SequenceEqual(ReadLine()))
        {
            throw Malformed($"does not begin with {Version}");
        }

        var stanzas = new List<AgeStanza>();
        while (true)
        {
            int start = _received.WrittenCount;
            ReadOnlySpan<byte> line = ReadLine();
            if (line.StartsWith("-> "u8))
            {
                if (stanzas.Count == _limits.Stanzas)
                {
                    throw Malformed($"has more than {_limits.Stanzas} stanzas");
                }

                stanzas.Add(ReadStanza(line[3..]));
            }
            else if (line.StartsWith("--- "u8) && stanzas.Count > 0)
            {
                byte[] mac = AgeBase64.Decode(line[4..]) is { Length: MacLength } decoded ? decoded : throw Malformed("has no MAC of 32 bytes");
                return new AgeHeader(stanzas, _received.WrittenSpan[..(start + 3)].ToArray(), mac);
            }
            else
            {
                throw Malformed("has a line that is neither a stanza nor a MAC");
            }
        }
    }

    private AgeStanza ReadStanza(ReadOnlySpan<byte> line)
    {
        if (line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
        {
            throw Malformed("has a stanza with a character that is not printable ASCII");
        }

        string[] words = Encoding.ASCII.GetString(line).Split(' ');
        if (words.Any(static word => word.Length == 0))
        {
            throw Malformed("has a stanza with an empty argument");
        }

        var text = new ArrayBufferWriter<byte>();
        int length;
        do
        {
            ReadOnlySpan<byte> body = ReadLine();
            length = body.Length;
            if (length > Columns)
            {
                throw Malformed($"has a stanza with a line of more than {Columns} columns");
            }

            text.Write(body);
        }
        while (length == Columns);

        return AgeBase64.Decode(text.WrittenSpan) is { } bytes
            ? new AgeStanza(words[0], words[1..], bytes)
            : throw Malformed("has a stanza whose body is not canonical base64");
    }

    // The line without its LF; good until the next call.
    private ReadOnlySpan<byte> ReadLine()
    {
        int start = _received.WrittenCount;
        while (true)
        {
            int value = _source.ReadByte();
            if (value < 0)
            {
                throw Malformed("ends too early");
            }

            if (_received.WrittenCount == _limits.HeaderBytes)
            {
                throw Malformed($"has more than {_limits.HeaderBytes} bytes");
            }

            _received.GetSpan(1)[0] = (byte)value;
            _received.Advance(1);
            if (value == '\n')
            {
                return _received.WrittenSpan[start..^1];
            }
        }
    }

    private static AgeException Malformed(string why) => new(AgeFailure.Header, $"The header of the age file {why}.");
}
