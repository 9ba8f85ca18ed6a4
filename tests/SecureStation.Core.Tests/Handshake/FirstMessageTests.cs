using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>What an initiator sends first is made while its connection is.</summary>
public class FirstMessageTests
{
    private static readonly StationKeyPair s_identity = StationKeyPair.Generate();

    [Theory]
    [InlineData(Suites.Hybrid)]
    [InlineData(Suites.Classical)]
    public void It_is_the_preamble_and_a_message_1_that_a_responder_reads(string suite)
    {
        using var local = new StationStaticKey(s_identity);
        using FirstMessage first = FirstMessage.Create(StationSuite.Parse(suite), local, invitation: null);

        ReadOnlySpan<byte> bytes = first.Bytes.Span;
        Assert.True(Preamble.TryRead(bytes, out string asked, out int length));
        Assert.Equal(suite, asked);
        Assert.Equal(bytes.Length - length - 2, BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]));
        using StationHandshake responder = StationHandshake.CreateResponder(StationSuite.Parse(suite), local);
        responder.Read(bytes[(length + 2)..]);
        Assert.Equal(HandshakeStage.Message2, first.Handshake.Stage);
    }

    [Fact]
    public async Task A_client_makes_it_before_its_connection_is_there_and_sends_it_as_it_is()
    {
        (MemoryTransport near, MemoryTransport far) = MemoryTransport.CreatePair();
        using var local = new StationStaticKey(StationKeyPair.Generate());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var dialing = new TaskCompletionSource<ITransport>();
        using IProtocolClient client = StationProtocols.Station.CreateClient(
            new ProtocolClientOptions { KeyPair = s_identity, Trust = new ClientTrust { Mode = TrustMode.Any } });

        Task<StationSession> connecting = client.ConnectAsync(dialing.Task, deadline.Token);
        Task<StationSession> accepting = StationProtocolV1.AcceptAsync(far, local, TestTerms.Create(), deadline.Token);
        Assert.False(connecting.IsCompleted);
        dialing.SetResult(near);

        await using StationSession session = await connecting;
        await using StationSession peer = await accepting;
        Assert.Equal(session.Description.HandshakeHash, peer.Description.HandshakeHash);
    }

    [Fact]
    public async Task Where_no_connection_is_made_the_client_says_so_and_the_static_key_can_be_used_again()
    {
        using IProtocolClient client = StationProtocols.Station.CreateClient(
            new ProtocolClientOptions { KeyPair = s_identity, Trust = new ClientTrust { Mode = TrustMode.Any } });
        var refused = new StationException(StationFault.ConnectFailed, "Nobody answers.");
        for (int i = 0; i < 2; i++)
        {
            Assert.Same(refused, await Assert.ThrowsAsync<StationException>(() => client.ConnectAsync(Task.FromException<ITransport>(refused), CancellationToken.None)));
        }
    }

    [Fact]
    public void Its_keys_go_with_it()
    {
        using var local = new StationStaticKey(s_identity);
        FirstMessage first = FirstMessage.Create(StationSuite.Default, local, invitation: null);
        NoiseKeyPair ephemeral = Ephemeral(Noise(first.Handshake))!;
        first.Dispose();
        StationAssert.Fails(StationFault.InvalidState, () => ephemeral.ComputeSharedSecret(NoiseKeyPair.Generate().PublicKey.ToArray(), new byte[32]));
    }

    [Fact]
    public async Task A_connection_that_its_protocol_did_not_wait_for_is_dropped_too()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new StationClient(new StationClientOptions { Protocol = new Impatient(), Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Trust = new ClientTrust() });

        await Expect.FaultAsync(StationFault.InvalidState, client.ConnectAsync(TestContext.Current.CancellationToken));

        if (listener.Pending())
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            using Socket accepted = await listener.AcceptSocketAsync(deadline.Token);
            SocketException? reset = await Record.ExceptionAsync(async () => Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], deadline.Token))) as SocketException;
            Assert.True(reset is null || reset.SocketErrorCode == SocketError.ConnectionReset);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_noise")]
    private static extern ref HandshakeState Noise(StationHandshake handshake);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_localEphemeral")]
    private static extern ref NoiseKeyPair? Ephemeral(HandshakeState handshake);

    private sealed class Impatient : IStationProtocol, IProtocolClient
    {
        public string Name => nameof(Impatient);

        public bool IsSecure => true;

        public string Weakness => string.Empty;

        public ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence) => ProtocolMatch.No;

        public IProtocolClient CreateClient(ProtocolClientOptions options) => this;

        public IProtocolListener CreateListener(ProtocolListenerOptions options) => throw new NotSupportedException();

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StationSession> ConnectAsync(Task<ITransport> connecting, CancellationToken cancellationToken) =>
            throw new StationException(StationFault.InvalidState, "It does not wait.");

        public void Dispose()
        {
        }
    }
}
