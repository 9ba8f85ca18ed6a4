using System.Net;
using System.Net.Sockets;

namespace SecureStation.Endurance.Rows;

/// <summary>How a proxy breaks a connection.</summary>
internal enum CutKind
{
    /// <summary>An orderly end of the stream (FIN), both ways.</summary>
    Fin,

    /// <summary>A reset (RST), both ways.</summary>
    Reset,

    /// <summary>Nothing more goes through, and nobody is told.</summary>
    Stall,

    /// <summary>A bit of the byte is another; all else goes through.</summary>
    Flip,
}

/// <summary>Passes one connection on until a byte of one direction, then breaks it.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _open = [];

    /// <param name="port">Where to.</param>
    /// <param name="kind">How it is broken.</param>
    /// <param name="fromClient">In which direction.</param>
    /// <param name="afterBytes">The last byte that goes through, from 1; that which is changed.</param>
    /// <param name="bit">The bit that is changed, 0 to 7.</param>
    public CuttingProxy(int port, CutKind kind, bool fromClient, long afterBytes, int bit = 0)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = Task.Run(() => PassAsync(port, kind, fromClient, afterBytes, (byte)(1 << bit)));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Whether the byte was reached.</summary>
    public bool HasCut { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        lock (_open)
        {
            _open.ForEach(static socket => socket.Dispose());
        }

        _stop.Dispose();
    }

    private async Task PassAsync(int port, CutKind kind, bool fromClient, long afterBytes, byte mask)
    {
        try
        {
            Socket client = Keep(await _listener.AcceptAsync(_stop.Token));
            Socket server = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            await Task.WhenAll(
                CopyAsync(client, server, fromClient ? afterBytes : long.MaxValue, kind == CutKind.Flip ? mask : null, () => Break(kind, client, server)),
                CopyAsync(server, client, fromClient ? long.MaxValue : afterBytes, kind == CutKind.Flip ? mask : null, () => Break(kind, client, server)));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end has gone.
        }
    }

    private Socket Keep(Socket socket)
    {
        lock (_open)
        {
            _open.Add(socket);
        }

        return socket;
    }

    private async Task CopyAsync(Socket from, Socket to, long left, byte? mask, Action cut)
    {
        byte[] buffer = new byte[4096];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
        {
            if (mask is { } changed)
            {
                if (left > 0 && left <= read)
                {
                    buffer[left - 1] ^= changed;
                    HasCut = true;
                }

                left -= read;
                await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
                continue;
            }

            int passed = (int)Math.Min(read, left);
            await to.SendAsync(buffer.AsMemory(0, passed), _stop.Token);
            left -= passed;
            if (left == 0)
            {
                HasCut = true;
                cut();
                return;
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private static void Break(CutKind kind, Socket client, Socket server)
    {
        foreach (Socket socket in (Socket[])[client, server])
        {
            switch (kind)
            {
                case CutKind.Fin:
                    socket.Shutdown(SocketShutdown.Both);
                    socket.Close();
                    break;
                case CutKind.Reset:
                    socket.Close(0);
                    break;
                default:
                    break;
            }
        }
    }
}
