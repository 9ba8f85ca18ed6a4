using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureStation.Benchmarks;

/// <summary>One keep-alive connection that posts the same query again and again: as little client as possible, because it shares the cores.</summary>
internal sealed class RawHttpClient
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[16 * 1024];

    public RawHttpClient(int port, byte[] query)
    {
        _request = [.. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nContent-Length: {query.Length}\r\n\r\n"), .. query];
        _socket.Connect(IPAddress.Loopback, port);
    }

    public async Task AskAsync()
    {
        await _socket.SendAsync(_request).ConfigureAwait(false);
        int filled = 0;
        int needed = int.MaxValue;
        while (filled < needed)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(filled)).ConfigureAwait(false);
            filled += read > 0 ? read : throw new IOException("The notary hung up.");
            needed = Needed(filled);
        }
    }

    private int Needed(int filled)
    {
        ReadOnlySpan<byte> response = _buffer.AsSpan(0, filled);
        int end = response.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        int at = response.IndexOf("Content-Length: "u8) + 16;
        return end + 4 + int.Parse(response[at..(at + response[at..].IndexOf((byte)'\r'))], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
