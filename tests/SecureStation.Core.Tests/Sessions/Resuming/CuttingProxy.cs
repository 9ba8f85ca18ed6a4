using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>Stands between a client and a listener on loopback, passes bytes on, and cuts when a test says so: at once, or after so many bytes.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _running;
    private bool _isShut;
    private long _left = long.MaxValue;

    public CuttingProxy(int targetPort)
    {
        _listener.Start();
        TargetPort = targetPort;
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where connections go from now on.</summary>
    public int TargetPort { get; set; }

    /// <summary>How many connections have come.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether connections are cut as soon as they come.</summary>
    public bool IsShut
    {
        get => Volatile.Read(ref _isShut);
        set => Volatile.Write(ref _isShut, value);
    }

    /// <summary>Cuts every connection once so many more bytes have passed, in either direction.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    /// <summary>Cuts all connections now.</summary>
    public void Cut()
    {
        Socket[] all;
        lock (_gate)
        {
            all = [.. _sockets];
            _sockets.Clear();
        }

        foreach (Socket socket in all)
        {
            try
            {
                // A reset, as from a router that has forgotten the connection.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                // It has ended by itself.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The loop first: to accept from a listener that was stopped is another error than to be told to stop.
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                _ = ServeAsync(near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_gate)
        {
            _sockets.AddRange([near, far]);
        }

        try
        {
            if (!IsShut)
            {
                await far.ConnectAsync(IPAddress.Loopback, TargetPort, _stop.Token);
                await Task.WhenAll(PassAsync(near, far), PassAsync(far, near));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or nobody there.
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        byte[] bytes = new byte[4096];
        while (true)
        {
            int read = await from.ReceiveAsync(bytes, _stop.Token);
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            long left = Interlocked.Add(ref _left, -read);
            if (left < 0)
            {
                // What fits still passes: the cut is in the middle of a message.
                Interlocked.Exchange(ref _left, long.MaxValue);
                await to.SendAsync(bytes.AsMemory(0, (int)Math.Max(0, read + left)), _stop.Token);
                Cut();
                return;
            }

            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent, read - sent), _stop.Token);
            }
        }
    }
}
