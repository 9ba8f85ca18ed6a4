using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SecureStation.Core.Tests.Transport.Proxies;

/// <summary>A real proxy, Debian's microsocks or tinyproxy, on a port of its own. Skips the running test where there is none.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private ProxyProcess(Process process, TemporaryFolder folder, string address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    /// <summary>As -Proxy takes it.</summary>
    public string Address { get; }

    public static Task<ProxyProcess> StartSocksAsync(string? user = null, string? password = null) => StartAsync("socks5", (port, _) =>
        new ProcessStartInfo("microsocks", ["-i", "127.0.0.1", "-p", $"{port}", .. user is null ? Array.Empty<string>() : ["-u", user, "-P", password!]]));

    public static Task<ProxyProcess> StartHttpAsync(string? user = null, string? password = null) => StartAsync("http", (port, folder) =>
    {
        string file = folder.File("tinyproxy.conf");
        File.WriteAllText(file, $"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\n{(user is null ? "" : $"BasicAuth {user} {password}\n")}");
        return new ProcessStartInfo("tinyproxy", ["-d", "-c", file]);
    });

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    // They take no port 0: one that is free now may be taken then.
    private static async Task<ProxyProcess> StartAsync(string scheme, Func<int, TemporaryFolder, ProcessStartInfo> start)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            var folder = new TemporaryFolder();
            ProcessStartInfo info = start(port, folder);
            info.RedirectStandardOutput = info.RedirectStandardError = true;
            Process process;
            try
            {
                process = Process.Start(info)!;
            }
            catch (Win32Exception)
            {
                folder.Dispose();
                Assert.Skip($"There is no {info.FileName} on the PATH.");
                throw;
            }

            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var proxy = new ProxyProcess(process, folder, $"{scheme}://127.0.0.1:{port}");
            if (await IsThereAsync(process, port))
            {
                return proxy;
            }

            proxy.Dispose();
            Assert.True(attempt < 10, $"{info.FileName} does not listen.");
        }
    }

    private static async Task<bool> IsThereAsync(Process process, int port)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (!process.HasExited && Environment.TickCount64 < deadline)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
