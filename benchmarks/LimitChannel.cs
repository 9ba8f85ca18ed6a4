using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SecureStation.Benchmarks;

/// <summary>
/// The most that encrypted bulk can reach on this machine: the simplest program that can be, two threads with blocking sockets and four AES-256-GCM
/// records of 64 KiB a write, without frames, messages, acknowledgements or a key change.
/// </summary>
internal sealed class LimitChannel : IChannel
{
    private const int Plaintext = 64 * 1024;
    private const int Tag = 16;
    private const int Record = Plaintext + Tag;
    private const int Records = 4;

    private readonly Socket _client;
    private readonly Socket _server;
    private ulong _sent;
    private ulong _received;

    public LimitChannel()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
    }

    public string Name => "limit";

    public Task ConnectOnceAsync() => throw new NotSupportedException();

    public Task OpenAsync() => Task.CompletedTask;

    public async Task SendAsync(int size, int count, Action? pace = null)
    {
        int writes = (int)(((long)size * count / (Records * Plaintext)) + 1);
        await Task.WhenAll(
            Task.Factory.StartNew(() => Send(writes), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => Receive(writes), TaskCreationOptions.LongRunning));
    }

    public Task EchoAsync(int size, int count) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Send(int writes)
    {
        using var aes = new AesGcm(new byte[32], Tag);
        byte[] plaintext = new byte[Plaintext];
        byte[] buffer = new byte[Records * Record];
        Span<byte> nonce = stackalloc byte[12];
        for (int i = 0; i < writes; i++)
        {
            for (int r = 0; r < Records; r++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _sent++);
                Span<byte> record = buffer.AsSpan(r * Record, Record);
                aes.Encrypt(nonce, plaintext, record[..Plaintext], record[Plaintext..]);
            }

            for (int sent = 0; sent < buffer.Length;)
            {
                sent += _client.Send(buffer.AsSpan(sent));
            }
        }
    }

    private void Receive(int writes)
    {
        using var aes = new AesGcm(new byte[32], Tag);
        byte[] plaintext = new byte[Plaintext];
        byte[] buffer = new byte[Records * Record];
        Span<byte> nonce = stackalloc byte[12];
        for (int i = 0; i < writes; i++)
        {
            for (int read = 0; read < buffer.Length;)
            {
                read += _server.Receive(buffer.AsSpan(read));
            }

            for (int r = 0; r < Records; r++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _received++);
                ReadOnlySpan<byte> record = buffer.AsSpan(r * Record, Record);
                aes.Decrypt(nonce, record[..Plaintext], record[Plaintext..], plaintext);
            }
        }
    }
}
