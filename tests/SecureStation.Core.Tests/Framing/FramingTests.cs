using SecureStation.Core.Framing;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;

namespace SecureStation.Core.Tests.Framing;

public class FramingTests
{
    private static readonly byte[][] s_frames =
    [
        Wire.Welcome(),
        Wire.Text(1, "split me", flags: 1),
        Wire.Ping(0x0102030405060708),
        Wire.More([], moreFollows: true),
        Wire.More("and me"u8, moreFollows: false),
        Wire.Ack(1, 2),
        Wire.Message(2, 2, [], headers: [("name", "value")]),
        Wire.Close(),
    ];

    [Fact]
    public void Frames_split_over_transport_messages_at_every_boundary_are_the_same_frames()
    {
        byte[] stream = [.. s_frames.SelectMany(static frame => frame)];
        string[] expected = [.. s_frames.Select(static frame => $"{(FrameType)frame[0]} {frame[1]} {Convert.ToHexStringLower(frame.AsSpan(6))}")];
        for (int i = 0; i <= stream.Length; i++)
        {
            Assert.Equal(expected, Read([stream[..i], stream[i..]]));
        }

        Assert.Equal(expected, Read([.. stream.Select(static b => new[] { b })]));
        Assert.Equal(expected, Read([.. stream.Chunk(7)]));
    }

    [Fact]
    public void Bytes_may_come_in_any_pieces()
    {
        (TransportState left, TransportState right) = NoisePair.Create();
        byte[] wire = [.. s_frames.SelectMany(frame => Seal(left, frame))];
        var handler = new RecordingHandler();
        using var reader = new FrameReader(right, handler, long.MaxValue);
        byte[] buffer = [];
        foreach (byte one in wire)
        {
            buffer = [.. buffer, one];
            buffer = buffer[reader.Read(buffer)..];
        }

        Assert.Empty(buffer);
        Assert.Equal(s_frames.Length, handler.Frames.Count);
    }

    [Fact]
    public async Task A_message_split_over_transport_messages_at_every_boundary_is_the_same_message()
    {
        (FakePeer peer, Core.Sessions.StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            ulong id = 0;
            int length = Wire.Message(1, 1, "text"u8, headers: [("name", "value"), ("", "")]).Length;
            for (int i = 1; i < length; i++)
            {
                byte[] frame = Wire.Message(++id, 1, "text"u8, headers: [("name", "value"), ("", "")]);
                await peer.SendAsync(frame[..i]);
                await peer.SendAsync(frame[i..]);
                StationMessage message = await session.ReceiveAsync(TestContext.Current.CancellationToken);
                Assert.Equal("text", message.Body);
                Assert.Equal([new("name", "value"), new("", "")], message.Headers);
            }
        }
    }

    [Fact]
    public void What_the_writer_packs_the_reader_finds()
    {
        (TransportState left, TransportState right) = NoisePair.Create();
        using var writer = new FrameWriter(left);
        var handler = new RecordingHandler();
        using var reader = new FrameReader(right, handler, long.MaxValue);
        var random = new Random(5);
        var expected = new List<string>();
        for (int round = 0; round < 50; round++)
        {
            int room = FrameWriter.BatchSize;
            while (true)
            {
                byte[] body = new byte[random.Next(0, random.Next(2) == 0 ? 100 : 130_000)];
                random.NextBytes(body);
                room -= body.Length + FrameHeader.Size + FrameWriter.DirectOverhead;
                if (room < 0)
                {
                    break;
                }

                Append(writer, body);
                expected.Add($"Message 0 {Convert.ToHexStringLower(body)}");
            }

            byte[] batch = writer.Take().ToArray();
            writer.Clear();
            Assert.Equal(batch.Length, reader.Read(batch));
        }

        Assert.Equal(expected, handler.Frames);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(64 * 1024)]
    public void Framing_and_encryption_allocate_nothing_in_the_steady_state(int size)
    {
        (TransportState left, TransportState right) = NoisePair.Create();
        using var writer = new FrameWriter(left);
        using var reader = new FrameReader(right, new NullHandler(), long.MaxValue);
        byte[] body = new byte[size];
        byte[] batch = new byte[256 * 1024];
        Exchange(writer, reader, body, batch, 201);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(writer, reader, body, batch, 999);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Exchange(FrameWriter writer, FrameReader reader, byte[] body, byte[] batch, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            Append(writer, body);
            if (i % 3 == 2)
            {
                ReadOnlyMemory<byte> taken = writer.Take();
                taken.Span.CopyTo(batch);
                writer.Clear();
                if (reader.Read(batch.AsSpan(0, taken.Length)) != taken.Length)
                {
                    throw new InvalidOperationException("Not all was read.");
                }
            }
        }
    }

    private static void Append(FrameWriter writer, byte[] body)
    {
        Span<byte> header = stackalloc byte[FrameHeader.Size];
        new FrameHeader(FrameType.Message, 0, body.Length).Write(header);
        writer.Append(header);
        writer.AppendBody(body);
    }

    private static List<string> Read(byte[][] plaintexts)
    {
        (TransportState left, TransportState right) = s_pair.Value;
        var handler = new RecordingHandler();
        using var reader = new FrameReader(right, handler, long.MaxValue);
        byte[] wire = [.. plaintexts.Where(static plaintext => plaintext.Length > 0).SelectMany(plaintext => Seal(left, plaintext))];
        Assert.Equal(wire.Length, reader.Read(wire));
        return handler.Frames;
    }

    private static readonly Lazy<(TransportState Left, TransportState Right)> s_pair = new(NoisePair.Create);

    private static byte[] Seal(TransportState transport, byte[] plaintext)
    {
        byte[] message = new byte[plaintext.Length + TransportState.TagLength];
        transport.Write(plaintext, message);
        return [.. Wire.U16((ushort)message.Length), .. message];
    }

    private sealed class NullHandler : IFrameHandler
    {
        public void OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body)
        {
        }

        private readonly byte[] _body = new byte[FrameHeader.MaxBodyLength];

        public void OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd)
        {
        }

        public Span<byte> ReserveBody(int length) => _body.AsSpan(0, length);

        public void OnBodyDecrypted(FrameHeader header, int length, bool isEnd)
        {
        }
    }
}
