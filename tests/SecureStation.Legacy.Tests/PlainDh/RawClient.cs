using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureStation.Legacy.Tests.PlainDh;

/// <summary>A TCP client that says what the test wants.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    internal static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        return client;
    }

    internal async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    internal async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken);

    /// <summary>Sends byte by byte, so that each is a segment of its own.</summary>
    internal async Task SendSlowlyAsync(string text, int segment = 1)
    {
        foreach (char[] part in text.Chunk(segment))
        {
            await SendAsync(new string(part));
            await Task.Yield();
        }
    }

    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the text ends so, or the server closes.</summary>
    internal async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().TrimEnd().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await _socket.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken);
            if (count == 0)
            {
                break;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    internal async Task<string> ReadToEndAsync() => await ReadUntilAsync("\0 never");

    public void Dispose() => _socket.Dispose();
}
