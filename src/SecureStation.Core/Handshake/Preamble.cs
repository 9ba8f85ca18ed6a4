using System.Text;

namespace SecureStation.Core.Handshake;

/// <summary>
/// The first line of a connection, and the Noise prologue:
/// <code>
/// "SecureStation/1 " Noise protocol name "\n"      ASCII, 80 bytes at most with the line feed
/// </code>
/// </summary>
public static class Preamble
{
    /// <summary>The most bytes that a preamble may have.</summary>
    public const int MaxLength = 80;

    private const string Start = "SecureStation/1 ";

    /// <summary>The bytes of a suite's preamble.</summary>
    public static byte[] Format(string suite) => Encoding.ASCII.GetBytes($"{Start}{suite}\n");

    /// <summary>
    /// Finds a preamble at the beginning of <paramref name="data"/>. False: more bytes are needed.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>: this is no preamble.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, out string suite, out int length)
    {
        suite = string.Empty;
        length = 0;
        if (!MayBegin(data, out _))
        {
            throw Error($"the connection does not begin with a SecureStation/1 preamble{OtherProtocol.Describe(data)}");
        }

        ReadOnlySpan<byte> line = data[Math.Min(data.Length, Start.Length)..Math.Min(data.Length, MaxLength)];
        int end = line.IndexOf((byte)'\n');
        ReadOnlySpan<byte> name = end < 0 ? line : line[..end];
        if (end == 0 || name.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            throw Error("the preamble's suite is not printable ASCII");
        }

        if (end < 0)
        {
            return data.Length < MaxLength ? false : throw Error($"the preamble is longer than {MaxLength} bytes");
        }

        suite = Encoding.ASCII.GetString(name);
        length = Start.Length + end + 1;
        return true;
    }

    /// <summary>Whether a preamble may begin like this.</summary>
    /// <param name="received">What has come, from the first byte.</param>
    /// <param name="isClear">Whether nothing else can: the fixed part is here.</param>
    internal static bool MayBegin(ReadOnlySpan<byte> received, out bool isClear)
    {
        isClear = received.Length >= Start.Length;
        ReadOnlySpan<byte> begun = received[..Math.Min(received.Length, Start.Length)];
        return Ascii.Equals(begun, Start.AsSpan(0, begun.Length));
    }

    private static StationException Error(string what) =>
        new(StationFault.HandshakeFailed, $"The handshake failed: {what}.") { Stage = HandshakeStage.Preamble };
}
