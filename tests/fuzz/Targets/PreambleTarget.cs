using System.Text;
using SecureStation.Core.Handshake;

namespace SecureStation.Fuzz.Targets;

/// <summary>The first line of a connection, whole and as it comes in.</summary>
internal sealed class PreambleTarget : IFuzzTarget
{
    public string Name => "preamble";

    public IEnumerable<byte[]> Corpus() =>
        [.. StationSuite.Names.Select(Preamble.Format), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), [0x16, 3, 1, 2, 0]];

    public bool Run(byte[] input)
    {
        // What is refused whole must not be taken by bytes, and the other way round.
        bool whole = Preamble.TryRead(input, out string suite, out int length);
        for (int i = 0; i < Math.Min(input.Length, Preamble.MaxLength); i++)
        {
            if (Preamble.TryRead(input.AsSpan(0, i), out string early, out _) && (!whole || early != suite || i < length))
            {
                throw new InvalidOperationException($"Taken after {i} bytes as {early}.");
            }
        }

        if (whole && Encoding.ASCII.GetByteCount(suite) + 17 != length)
        {
            throw new InvalidOperationException("The length is another than what was read.");
        }

        return whole && StationSuite.Parse(suite) is not null;
    }
}
