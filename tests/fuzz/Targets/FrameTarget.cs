using System.Buffers.Binary;
using SecureStation.Core.Framing;
using SecureStation.Core.Noise;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// Frames that decrypt, so that not the AEAD decides: the input is the plaintext of transport messages, each <c>u8 length | bytes</c>. They are sealed by
/// an honest peer and given to the reader in pieces.
/// </summary>
internal sealed class FrameTarget : IFuzzTarget
{
    public string Name => "frames";

    public IEnumerable<byte[]> Corpus()
    {
        byte[] welcome = Frame(FrameType.Welcome, 0, [.. new byte[24], 0, 16, 0, 0, 0, 16, 0, 0]);
        byte[] head = [.. new byte[7], 1, .. new byte[8], 1, 0, 1, 0, 1, (byte)'a', 0, 1, (byte)'b', .. "hello"u8];
        yield return Sealed(welcome, Frame(FrameType.Message, 0, head), Frame(FrameType.Ack, 0, new byte[16]));
        yield return Sealed(Frame(FrameType.Ping, 0, new byte[8]), Frame(FrameType.Pong, 0, new byte[8]), Frame(FrameType.Close, 0, new byte[10]));
        yield return Sealed(Frame(FrameType.Message, 1, head), Frame(FrameType.Message, 0, "more"u8.ToArray()), Frame(FrameType.Rekey, 0, []));
    }

    public bool Run(byte[] input)
    {
        (TransportState writer, TransportState transport) = Pair();
        var counter = new Counter();
        using (writer)
        using (transport)
        using (var reader = new FrameReader(transport, counter, 1000))
        {
            List<byte> wire = [];
            for (int at = 0; at < input.Length;)
            {
                int length = Math.Min(input[at++], input.Length - at);
                byte[] record = new byte[2 + length + 16];
                BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)(length + 16));
                writer.Write(input.AsSpan(at, length), record.AsSpan(2));
                wire.AddRange(record);
                at += length;
            }

            // In pieces of all sizes; what is left over is given again with the next.
            byte[] waiting = [];
            for (int at = 0, piece = 1; at < wire.Count; at += piece, piece = (piece * 7 % 41) + 1)
            {
                waiting = [.. waiting, .. wire.Skip(at).Take(piece)];
                waiting = waiting[reader.Read(waiting)..];
            }

            return counter.Frames > 0;
        }
    }

    private static byte[] Frame(FrameType type, byte flags, byte[] body) => [(byte)type, flags, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Sealed(params byte[][] frames) => [.. frames.SelectMany(static frame => frame.Chunk(255).SelectMany(static part => (byte[])[(byte)part.Length, .. part]))];

    private static (TransportState Writer, TransportState Reader) Pair()
    {
        ProtocolName name = ProtocolName.Parse("Noise_NN_25519_AESGCM_SHA256");
        using var left = new HandshakeState(new HandshakeStateOptions { Protocol = name, IsInitiator = true });
        using var right = new HandshakeState(new HandshakeStateOptions { Protocol = name, IsInitiator = false });
        byte[] message = new byte[100];
        byte[] nothing = new byte[100];
        right.ReadMessage(message.AsSpan(0, left.WriteMessage([], message)), nothing);
        left.ReadMessage(message.AsSpan(0, right.WriteMessage([], message)), nothing);
        return (left.Split(), right.Split());
    }

    private sealed class Counter : IFrameHandler
    {
        public int Frames { get; private set; }

        public void OnFrame(FrameType type, byte flags, ReadOnlySpan<byte> body) => Frames++;

        public void OnMessagePart(FrameHeader header, ReadOnlySpan<byte> part, bool isEnd) => Frames += isEnd ? 1 : 0;

        public Span<byte> ReserveBody(int length) => default;

        public void OnBodyDecrypted(FrameHeader header, int length, bool isEnd) => Frames += isEnd ? 1 : 0;
    }
}
