using System.Buffers.Binary;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>
/// One side of an example in the document, played by the product's handshake and session: it produces the bytes of its own steps and
/// accepts those of the peer's.
/// </summary>
internal sealed class ExampleSide(ExampleSession example, bool isInitiator, ExampleKeys keys, CancellationToken cancellationToken) : IDisposable
{
    private readonly StationHandshake _handshake = keys.CreateHandshake(example.Suite, isInitiator);
    private readonly MemoryTransport[] _ends = Ends();
    private SecureSession? _session;
    private byte[] _peerWelcome = [];
    private Task _closing = Task.CompletedTask;

    public SecureSession Session => _session!;

    /// <summary>Makes the bytes of one of this side's steps.</summary>
    public async Task<byte[]> ProduceAsync(ExampleStep step)
    {
        switch (step.Name)
        {
            case "preamble":
                return Preamble.Format(example.Suite.Name);
            case "message-1" or "message-2" or "message-3":
                byte[] message = new byte[StationHandshake.MaxMessageLength];
                return WithLength(message.AsSpan(0, _handshake.Write(message)));
            case "welcome-1":
                return CreateSession().SealWelcome(new byte[16]);
            case "welcome-2":
                byte[] welcome = _session!.SealWelcome(ExampleKeys.SessionId);
                await _session.StartAsync(_peerWelcome, cancellationToken);
                return welcome;
            case "text-1":
                await Session.SendAsync(OutgoingMessage.Text("hello"), cancellationToken);
                break;
            case "ack-2" or "ack-4":
                StationMessage received = await Session.ReceiveAsync(cancellationToken);
                Assert.Equal(isInitiator ? "hello, too" : "hello", received.Body);
                Assert.Equal(isInitiator ? 1ul : 0ul, received.InReplyTo);
                break;
            case "text-2":
                await Session.SendAsync(new OutgoingMessage(StationMessageKind.Text, "hello, too"u8.ToArray()) { InReplyTo = 1, Headers = [new("a", "b")] }, cancellationToken);
                break;
            case "close-1":
                _closing = Session.CloseAsync(cancellationToken);
                break;
        }

        return await ReadMessageAsync();
    }

    /// <summary>Takes the bytes of one of the peer's steps.</summary>
    public async Task AcceptAsync(ExampleStep step, byte[] bytes)
    {
        switch (step.Name)
        {
            case "preamble":
                Assert.True(Preamble.TryRead(bytes, out string suite, out int length));
                Assert.Equal((example.Suite.Name, bytes.Length), (suite, length));
                break;
            case "message-1" or "message-2" or "message-3":
                Assert.Equal(bytes.Length - 2, BinaryPrimitives.ReadUInt16BigEndian(bytes));
                _handshake.Read(bytes.AsSpan(2));
                break;
            case "welcome-1":
                CreateSession();
                _peerWelcome = bytes;
                break;
            case "welcome-2":
                await _session!.StartAsync(bytes, cancellationToken);
                Assert.Equal(Convert.ToHexStringLower(ExampleKeys.SessionId), Session.Id);
                break;
            default:
                await _ends[1].WriteAsync(bytes, cancellationToken);
                break;
        }
    }

    /// <summary>Ends the peer's stream and waits for this side's end.</summary>
    public async Task FinishAsync()
    {
        await _ends[1].CompleteWritesAsync();
        await _closing;
        await Session.CloseAsync(cancellationToken);
    }

    public void Dispose()
    {
        _session?.Abort();
        _handshake.Dispose();
    }

    private static MemoryTransport[] Ends()
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        return [left, right];
    }

    private static byte[] WithLength(ReadOnlySpan<byte> message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private SecureSession CreateSession()
    {
        byte[] hash = _handshake.HandshakeHash.ToArray();
        return _session = new SecureSession(
            new SessionDescription
            {
                Id = isInitiator ? new string('0', 32) : Convert.ToHexStringLower(ExampleKeys.SessionId),
                Protocol = StationProtocolV1.Name,
                Suite = example.Suite.Name,
                IsSecure = true,
                Role = isInitiator ? StationRole.Initiator : StationRole.Responder,
                LocalAddress = "example",
                RemoteAddress = "example",
                TrustBasis = TrustBasis.Any,
                HandshakeHash = hash,
            },
            _ends[0],
            _handshake.Split(),
            StationLimits.Default,
            TimeProvider.System);
    }

    private async Task<byte[]> ReadMessageAsync()
    {
        byte[] length = await ReadAsync(2);
        return [.. length, .. await ReadAsync(BinaryPrimitives.ReadUInt16BigEndian(length))];
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int read = await _ends[1].ReadAsync(bytes.AsMemory(filled), cancellationToken);
            Assert.NotEqual(0, read);
            filled += read;
        }

        return bytes;
    }
}
