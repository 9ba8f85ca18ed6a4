using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>
/// The other end of a station, with nothing between a test and the wire: it shakes hands as told, sends any byte, and shows every frame.
/// Every wait of it is bounded.
/// </summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Queue<(FrameType Type, byte Flags, byte[] Body)> _frames = new();
    private byte[] _stream = [];

    public FakePeer(ITransport transport) => Transport = transport;

    public ITransport Transport { get; }

    public StationKeyPair Identity { get; init; } = StationKeyPair.Generate();

    /// <summary>The Noise static key; a test may have bent it.</summary>
    public NoiseKeyPair Static { get; init; } = NoiseKeyPair.Generate();

    /// <summary>What stands in message 2 or 3 for the identity; null: what should.</summary>
    public byte[]? IdentityInstead { get; init; }

    /// <summary>The KEM that this side computes with; a test may have bent it.</summary>
    public MLKem768? Kem { get; init; }

    public HandshakeState? Handshake { get; private set; }

    public TransportState? Noise { get; private set; }

    /// <summary>A client of a listener.</summary>
    public static async Task<FakePeer> ConnectAsync(int port, IPAddress? address = null) => new(await ConnectSocketAsync(port, address));

    public static async Task<ITransport> ConnectSocketAsync(int port, IPAddress? address = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address ?? IPAddress.Loopback, port);
        return new TcpTransport(socket);
    }

    /// <summary>A connected session of the product's, as responder, with this peer as its initiator.</summary>
    public static async Task<(FakePeer Peer, StationSession Session)> WithResponderAsync(
        StationLimits? limits = null, uint window = 1024 * 1024, Func<ITransport, ITransport>? wrap = null, TimeProvider? time = null)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        var peer = new FakePeer(left);
        using StationKeyPair key = StationKeyPair.Generate();
        using var local = new StationStaticKey(key);
        Task<StationSession> accepting = StationProtocolV1.AcceptAsync(wrap?.Invoke(right) ?? right, local, TestTerms.Create(limits, time: time), CancellationToken.None);
        await peer.HandshakeAsync();
        await peer.SendAsync(Wire.Welcome(window: window));
        StationSession session = await accepting.WaitAsync(s_patience);
        Assert.Equal(FrameType.Welcome, (await peer.ReadFrameAsync()).Type);
        return (peer, session);
    }

    /// <summary>A connected session of the product's, as initiator, with this peer as its responder.</summary>
    public static async Task<(FakePeer Peer, StationSession Session)> WithInitiatorAsync(StationLimits? limits = null)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        var peer = new FakePeer(right);
        Task<StationSession> connecting = StartInitiator(left, limits: limits);
        await peer.RespondAsync();
        Assert.Equal(FrameType.Welcome, (await peer.ReadFrameAsync()).Type);
        await peer.SendAsync(Wire.Welcome());
        return (peer, await connecting.WaitAsync(s_patience));
    }

    /// <summary>Starts the product's initiator, which accepts everybody.</summary>
    public static async Task<StationSession> StartInitiator(ITransport transport, string suite = Suites.Hybrid, StationLimits? limits = null)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        using StationKeyPair key = StationKeyPair.Generate();
        using var local = new StationStaticKey(key);
        var terms = new InitiatorTerms(StationSuite.Parse(suite), null, limits ?? StationLimits.Default, static _ => TrustVerdict.Trusted(TrustBasis.Any));
        return await StationProtocolV1.ConnectAsync(transport, local, terms, deadline.Token);
    }

    /// <summary>Starts the product's responder.</summary>
    public static async Task<StationSession> StartResponder(ITransport transport, TestTerms? terms = null)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        using StationKeyPair key = StationKeyPair.Generate();
        using var local = new StationStaticKey(key);
        return await StationProtocolV1.AcceptAsync(transport, local, terms ?? TestTerms.Create(), deadline.Token);
    }

    /// <summary>The whole handshake as initiator, without Welcome.</summary>
    public async Task HandshakeAsync(string suite = Suites.Hybrid, byte[]? message1Payload = null, byte[]? secret = null)
    {
        await SendMessage1Async(suite, message1Payload, secret);
        await ReadHandshakeMessageAsync();
        await SendMessage3Async();
    }

    /// <summary>Preamble and message 1.</summary>
    public async Task SendMessage1Async(string suite = Suites.Hybrid, byte[]? payload = null, byte[]? secret = null)
    {
        Begin(isInitiator: true, suite, secret);
        await SendRawAsync(Preamble.Format(suite));
        await SendRawAsync(WriteHandshakeMessage(payload ?? []));
    }

    /// <summary>Message 3, and what follows it in the same write.</summary>
    public async Task SendMessage3Async()
    {
        await SendRawAsync(WriteHandshakeMessage(IdentityPayloadBytes));
        Noise = Handshake!.Split();
    }

    /// <summary>The whole handshake as responder, without Welcome.</summary>
    public async Task RespondAsync()
    {
        await ReadMessage1Async();
        await SendRawAsync(WriteHandshakeMessage(IdentityPayloadBytes));
        await EnterAsync();
    }

    /// <summary>Reads message 3, which is the last.</summary>
    public async Task EnterAsync()
    {
        await ReadHandshakeMessageAsync();
        Noise = Handshake!.Split();
    }

    /// <summary>Reads preamble and message 1.</summary>
    public async Task ReadMessage1Async()
    {
        byte[] line = await ReadRawAsync(Preamble.Format(Suites.Hybrid).Length);
        Assert.Equal(Preamble.Format(Suites.Hybrid), line);
        Begin(isInitiator: false, Suites.Hybrid, secret: null);
        await ReadHandshakeMessageAsync();
    }

    /// <summary>The handshake message that is due, with its length.</summary>
    public byte[] WriteHandshakeMessage(ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[Handshake!.NextMessageOverhead + payload.Length];
        Handshake.WriteMessage(payload, message);
        return [.. Wire.U16((ushort)message.Length), .. message];
    }

    /// <summary>Reads a handshake message; returns its payload, unchecked.</summary>
    public async Task<byte[]> ReadHandshakeMessageAsync()
    {
        byte[] message = await ReadRawAsync(BinaryPrimitives.ReadUInt16BigEndian(await ReadRawAsync(2)));
        byte[] payload = new byte[message.Length];
        return payload[..Handshake!.ReadMessage(message, payload)];
    }

    public byte[] IdentityPayloadBytes => IdentityInstead ?? IdentityPayload.Create(Identity, Static.PublicKey);

    /// <summary>Sends frames, or anything, in one transport message.</summary>
    public Task SendAsync(params byte[][] frames) => SendRawAsync(Seal(frames.Length == 1 ? frames[0] : [.. frames.SelectMany(static frame => frame)]));

    /// <summary>A transport message with its length.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        byte[] message = new byte[plaintext.Length + TransportState.TagLength];
        Noise!.Write(plaintext, message);
        return [.. Wire.U16((ushort)message.Length), .. message];
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(s_patience);
        await Transport.WriteAsync(bytes, limit.Token);
    }

    /// <summary>Reads so many bytes as they are.</summary>
    public async Task<byte[]> ReadRawAsync(int count) =>
        await TryReadRawAsync(count) ?? throw new EndOfStreamException("The station ended its stream.");

    /// <summary>The next frame; Acks are passed over unless asked for.</summary>
    public async Task<(FrameType Type, byte Flags, byte[] Body)> ReadFrameAsync(bool withAcks = false) =>
        await TryReadFrameAsync(withAcks) ?? throw new EndOfStreamException("The station ended its stream.");

    /// <summary>The next frame, or null at the end of the stream.</summary>
    public async Task<(FrameType Type, byte Flags, byte[] Body)?> TryReadFrameAsync(bool withAcks = false)
    {
        while (true)
        {
            while (_frames.TryDequeue(out (FrameType Type, byte Flags, byte[] Body) frame))
            {
                if (withAcks || frame.Type != FrameType.Ack)
                {
                    return frame;
                }
            }

            if (!await ReadMessageAsync())
            {
                return null;
            }
        }
    }

    /// <summary>The Close frame that the station ends with.</summary>
    public async Task<StationReason> ReadCloseAsync()
    {
        while (true)
        {
            (FrameType type, _, byte[] body) = await ReadFrameAsync();
            if (type == FrameType.Close)
            {
                return (StationReason)BinaryPrimitives.ReadUInt16BigEndian(body);
            }
        }
    }

    /// <summary>The plain refusal that the station sends.</summary>
    public async Task<StationReason> ReadRefusalAsync()
    {
        byte[] refusal = await ReadRawAsync(4);
        Assert.Equal(new byte[] { 0, 0 }, refusal[..2]);
        return (StationReason)BinaryPrimitives.ReadUInt16BigEndian(refusal.AsSpan(2));
    }

    /// <summary>Reads on until the station has ended its stream or cut it.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            while (await TryReadRawAsync(1) is not null)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        Handshake?.Dispose();
        Noise?.Dispose();
        Identity.Dispose();
        Static.Dispose();
        Transport.Abort();
        return ValueTask.CompletedTask;
    }

    private void Begin(bool isInitiator, string suite, byte[]? secret) => Handshake = new HandshakeState(new HandshakeStateOptions
    {
        Protocol = ProtocolName.Parse(suite),
        IsInitiator = isInitiator,
        Prologue = Preamble.Format(suite),
        LocalStatic = Static,
        KemLibrary = Kem,
        Psks = secret is null ? [] : [secret],
    });

    private async Task<bool> ReadMessageAsync()
    {
        if (await TryReadRawAsync(2) is not { } length)
        {
            return false;
        }

        byte[] message = await ReadRawAsync(BinaryPrimitives.ReadUInt16BigEndian(length));
        int plaintext = Noise!.Read(message, message);
        _stream = [.. _stream, .. message.AsSpan(0, plaintext)];
        while (_stream.Length >= FrameHeader.Size && FrameHeader.Read(_stream) is var header && _stream.Length >= FrameHeader.Size + header.Length)
        {
            byte[] body = _stream[FrameHeader.Size..(FrameHeader.Size + header.Length)];
            _stream = _stream[(FrameHeader.Size + header.Length)..];
            _frames.Enqueue((header.Type, header.Flags, body));
            if (header.Type == FrameType.Rekey)
            {
                Noise.RekeyReceiving();
            }
        }

        return true;
    }

    private async Task<byte[]?> TryReadRawAsync(int count)
    {
        using var limit = new CancellationTokenSource(s_patience);
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int read = await Transport.ReadAsync(bytes.AsMemory(filled), limit.Token);
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }

        return bytes;
    }
}
