using System.Buffers.Binary;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>Much at once over TCP, where a thread of its own reads.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private const int Size = 64 * 1024;

    private readonly StationListener _listener = TestListener.Start();
    private SecureSession _client = null!;
    private SecureSession _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = (SecureSession)await TestListener.ConnectAsync(_listener);
        _server = (SecureSession)await _listener.AcceptAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Abort();
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task All_of_it_comes_whole_and_in_order_and_so_does_what_follows_a_pause()
    {
        for (int burst = 0; burst < 3; burst++)
        {
            Task sending = SendAsync(400);
            await ReceiveAsync(400);
            await sending;
            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
            await _server.SendAsync(OutgoingMessage.Text("and?"), Token);
            Assert.Equal("and?", (await _client.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token)).Body);
            await TestListener.AssertWorksAsync(_listener, _client);
        }

        await SendAsync(10);
        Task closing = _client.CloseAsync(Token);
        await ReceiveAsync(10);
        await closing.WaitAsync(TestListener.Patience, Token);
        await Expect.EndAsync(StationFault.SessionClosed, _server);
        await Task.WhenAll(_client.WhenOverAsync(), _server.WhenOverAsync()).WaitAsync(TestListener.Patience, Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whichever_side_ends_it_in_the_middle_nothing_of_it_goes_on(bool sender)
    {
        Task sending = SendAsync(10_000);
        await ReceiveAsync(200);
        (sender ? _client : _server).Abort();

        await Assert.ThrowsAsync<StationException>(() => sending.WaitAsync(TestListener.Patience, Token));
        await Task.WhenAll(_client.WhenOverAsync(), _server.WhenOverAsync()).WaitAsync(TestListener.Patience, Token);
    }

    private async Task SendAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] body = GC.AllocateUninitializedArray<byte>(Size);
            body.AsSpan().Fill((byte)i);
            BinaryPrimitives.WriteInt32BigEndian(body, i);
            await _client.SendAsync(OutgoingMessage.Bytes(body), Token);
        }
    }

    private async Task ReceiveAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            StationMessage message = await _server.ReceiveAsync(Token).AsTask().WaitAsync(TestListener.Patience, Token);
            Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian(message.BodyBytes.Span));
            Assert.Equal(Size, message.Length);
            Assert.False(message.BodyBytes.Span[4..].ContainsAnyExcept((byte)i));
            message.RecycleBody();
            Assert.Equal(0, message.Length);
        }
    }
}
