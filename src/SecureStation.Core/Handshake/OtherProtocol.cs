namespace SecureStation.Core.Handshake;

/// <summary>Tells by its first bytes what a peer speaks that is no station: for people who took a wrong port.</summary>
internal static class OtherProtocol
{
    // A server's answer begins with HTTP/1.1, or with the page alone where it takes the client for one of HTTP 0.9.
    private static readonly (byte[] Start, string Name)[] s_starts =
    [
        ("HTTP/"u8.ToArray(), "HTTP"),
        ("<!DOCTYPE"u8.ToArray(), "HTTP"),
        ("<html"u8.ToArray(), "HTTP"),
        ("GET /"u8.ToArray(), "HTTP"),
        ("POST /"u8.ToArray(), "HTTP"),
        ("HEAD /"u8.ToArray(), "HTTP"),
        ("PUT /"u8.ToArray(), "HTTP"),
        ("OPTIONS "u8.ToArray(), "HTTP"),
        ("CONNECT "u8.ToArray(), "HTTP"),
        ("PRI * HTTP/2"u8.ToArray(), "HTTP"),
        ("SSH-"u8.ToArray(), "SSH"),
        ([0x16, 0x03], "TLS"), // RFC 8446, 5.1: a handshake record
        ([0x15, 0x03], "TLS"), // an alert record
    ];

    /// <summary>A clause for an error's text, " (the other side speaks HTTP)"; empty where the bytes, two at least, are of nothing known.</summary>
    public static string Describe(ReadOnlySpan<byte> received)
    {
        foreach ((byte[] start, string name) in s_starts)
        {
            int length = Math.Min(start.Length, received.Length);
            if (length >= 2 && received[..length].SequenceEqual(start.AsSpan(0, length)))
            {
                return $" (the other side speaks {name})";
            }
        }

        return string.Empty;
    }
}
