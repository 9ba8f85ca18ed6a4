using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SecureStation.Endurance;

/// <summary>A real nats-server with JetStream on a free port of loopback, which can be killed and started again with what it stored.</summary>
internal sealed class NatsServerProcess : IDisposable
{
    private readonly string _store;
    private readonly string? _configuration;
    private Process? _process;

    private NatsServerProcess(string store, string? configuration, int port)
    {
        _store = store;
        _configuration = configuration;
        Port = port;
    }

    public const string Missing = "There is no nats-server on this machine (Debian: apt install nats-server).";

    public int Port { get; }

    public string Address => $"nats://127.0.0.1:{Port}";

    public int ProcessId => _process!.Id;

    public static bool IsInstalled { get; } = Find() is not null;

    /// <summary>Starts one. Ports cannot be asked for by 0 and known: one that was free is taken, and another if it was not any more.</summary>
    /// <param name="store">The folder that it stores in.</param>
    /// <param name="configuration">Lines for its configuration file.</param>
    public static NatsServerProcess Start(string store, string? configuration = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            var server = new NatsServerProcess(store, configuration, FreePort());
            try
            {
                server.Start();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                server.Dispose();
            }
        }
    }

    /// <summary>Starts it where it was, after <see cref="Kill"/>.</summary>
    public void Start()
    {
        Directory.CreateDirectory(_store);
        string file = Path.Combine(_store, "nats.conf");
        File.WriteAllText(file, $$"""
            listen: "127.0.0.1:{{Port}}"
            jetstream { store_dir: "{{_store}}" }
            {{_configuration}}
            """);
        _process = Process.Start(new ProcessStartInfo(Find()!, ["-c", file, "-l", Path.Combine(_store, "nats.log")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        long began = Environment.TickCount64;
        while (_process.HasExited || !IsReady())
        {
            // One that has ended found its port taken: whoever answers there is another.
            if (_process.HasExited || Environment.TickCount64 - began > 60_000)
            {
                throw new InvalidOperationException("nats-server did not start: " + (File.Exists(Path.Combine(_store, "nats.log")) ? File.ReadAllText(Path.Combine(_store, "nats.log")) : string.Empty));
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
    }

    // The server writes INFO when it takes clients; its JetStream is there by then.
    private bool IsReady()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            client.ReceiveTimeout = 5000;
            return client.GetStream().ReadByte() == 'I';
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>A port below those that systems give to outgoing connections: a client that tries again and again would take its own server's place.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 32_000);
            try
            {
                var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                listener.Stop();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "nats-server.exe" : "nats-server"))
            .FirstOrDefault(File.Exists);
}
