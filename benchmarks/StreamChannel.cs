using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Benchmarks;

/// <summary>Plain TCP, or TLS 1.3 over it with certificates on both sides and no resumption.</summary>
internal sealed class StreamChannel : IChannel
{
    private readonly Socket _listener;
    private readonly bool _tls;
    private readonly X509Certificate2? _serverCertificate;
    private readonly X509Certificate2? _clientCertificate;
    private Stream? _client;
    private Stream? _server;

    public StreamChannel(bool tls)
    {
        _tls = tls;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        if (tls)
        {
            _serverCertificate = CreateCertificate("CN=server");
            _clientCertificate = CreateCertificate("CN=client");
        }
    }

    public string Name => _tls ? "TLS 1.3" : "TCP";

    public async Task ConnectOnceAsync()
    {
        (Stream client, Stream server) = await ConnectAsync();

        // In TLS 1.3 the server's proof of the client comes with its first read: a byte there and back completes both sides.
        byte[] one = new byte[1];
        await client.WriteAsync(one);
        await server.ReadExactlyAsync(one);
        await server.WriteAsync(one);
        await client.ReadExactlyAsync(one);
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    public async Task OpenAsync() => (_client, _server) = await ConnectAsync();

    public async Task SendAsync(int size, int count, Action? pace = null)
    {
        byte[] data = new byte[size];
        Task reading = Task.Run(async () =>
        {
            byte[] buffer = new byte[Math.Max(size, 64 * 1024)];
            for (long left = (long)size * count; left > 0;)
            {
                left -= await _server!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            }
        });
        for (int i = 0; i < count; i++)
        {
            pace?.Invoke();
            await _client!.WriteAsync(data);
        }

        await reading;
    }

    public async Task EchoAsync(int size, int count)
    {
        Task echoing = Task.Run(async () =>
        {
            byte[] buffer = new byte[size];
            for (int i = 0; i < count; i++)
            {
                await _server!.ReadExactlyAsync(buffer);
                await _server.WriteAsync(buffer);
            }
        });
        byte[] data = new byte[size];
        for (int i = 0; i < count; i++)
        {
            await _client!.WriteAsync(data);
            await _client.ReadExactlyAsync(data);
        }

        await echoing;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            await _server!.DisposeAsync();
        }

        _listener.Dispose();
        _serverCertificate?.Dispose();
        _clientCertificate?.Dispose();
    }

    private async Task<(Stream Client, Stream Server)> ConnectAsync()
    {
        Task<Socket> accepting = _listener.AcceptAsync();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_listener.LocalEndPoint!);
        Socket accepted = await accepting;
        accepted.NoDelay = true;
        Stream client = new NetworkStream(socket, ownsSocket: true);
        Stream server = new NetworkStream(accepted, ownsSocket: true);
        if (!_tls)
        {
            return (client, server);
        }

        var clientTls = new SslStream(client);
        var serverTls = new SslStream(server);
        await Task.WhenAll(
            clientTls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "server",
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                ClientCertificates = [_clientCertificate!],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == _serverCertificate!.GetCertHashString(),
            }),
            serverTls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _serverCertificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == _clientCertificate!.GetCertHashString(),
            }));
        return (clientTls, serverTls);
    }

    private static X509Certificate2 CreateCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
