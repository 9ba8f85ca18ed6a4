using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;

namespace SecureStation.Endurance.Rows;

/// <summary>Connections without a station behind them.</summary>
internal static class RawClients
{
    /// <summary>Connects and sends some bytes.</summary>
    public static async Task<Socket> OpenAsync(int port, ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, token);
            if (bytes.Length > 0)
            {
                await socket.SendAsync(bytes, token);
            }

            return socket;
        }
        catch (SocketException) when (socket.Connected)
        {
            // Dropped for others while it sent.
            return socket;
        }
    }

    /// <summary>An honest preamble and message 1, as the wire has them.</summary>
    public static byte[] FirstMessage(string? suite = null)
    {
        StationSuite chosen = StationSuite.Choose(suite);
        using StationKeyPair key = StationKeyPair.Generate();
        using var local = new StationStaticKey(key);
        using StationHandshake handshake = StationHandshake.CreateInitiator(chosen, local);
        var message = new byte[StationHandshake.MaxMessageLength];
        int length = handshake.Write(message);
        return [.. Preamble.Format(chosen.Name), (byte)(length >> 8), (byte)length, .. message.AsSpan(0, length)];
    }

    /// <summary>Waits until the other side has ended the connection.</summary>
    public static async Task UntilEndAsync(Socket socket, CancellationToken token)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: an end too.
        }
    }
}
