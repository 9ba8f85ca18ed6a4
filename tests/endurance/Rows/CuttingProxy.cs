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
}

/// <summary>Passes one connection on until a byte of one direction, then breaks it.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _open = [];

    public CuttingProxy(int port, CutKind kind, bool fromClient, long afterBytes)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = Task.Run(() => PassAsync(port, kind, fromClient, afterBytes));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Whether the cut was reached.</summary>
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

    private async Task PassAsync(int port, CutKind kind, bool fromClient, long afterBytes)
    {
        try
        {
            Socket client = Keep(await _listener.AcceptAsync(_stop.Token));
            Socket server = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            await Task.WhenAll(
                CopyAsync(client, server, fromClient ? afterBytes : long.MaxValue, () => Break(kind, client, server)),
                CopyAsync(server, client, fromClient ? long.MaxValue : afterBytes, () => Break(kind, client, server)));
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

    private async Task CopyAsync(Socket from, Socket to, long left, Action cut)
    {
        byte[] buffer = new byte[4096];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
        {
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
