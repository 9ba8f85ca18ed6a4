using System.Text;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>The other end of a connection, which sends and expects given bytes.</summary>
internal sealed class ScriptedPeer(ITransport transport) : IAsyncDisposable
{
    public static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token;

    public async Task SendAsync(params byte[] bytes) => await transport.WriteAsync(bytes, Limit);

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Byte by byte, so that every read of the other side ends in the middle of something.</summary>
    public async Task DripAsync(byte[] bytes)
    {
        foreach (byte b in bytes)
        {
            await SendAsync(b);
            await Task.Yield();
        }
    }

    public async Task<byte[]> ReadAsync(int length)
    {
        byte[] bytes = new byte[length];
        int filled = 0;
        while (filled < length)
        {
            int read = await transport.ReadAsync(bytes.AsMemory(filled), Limit);
            Assert.True(read > 0, $"The connection ended after {filled} of {length} bytes.");
            filled += read;
        }

        return bytes;
    }

    /// <summary>What one read gives, as the old programs' <c>recv</c>.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        byte[] bytes = new byte[4096];
        int read = await transport.ReadAsync(bytes, Limit);
        return bytes[..read];
    }

    public async Task ExpectAsync(byte[] expected) =>
        Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(await ReadAsync(expected.Length)));

    public Task ExpectAsync(string expected) => ExpectAsync(Encoding.ASCII.GetBytes(expected));

    public async Task ExpectEndAsync() => Assert.Equal(0, await transport.ReadAsync(new byte[1], Limit));

    public ValueTask CompleteAsync() => transport.CompleteWritesAsync();

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
