using System.Buffers.Binary;
using SecureStation.Core;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.State;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// A session that is cut and goes on, again and again: the input is the peer's Welcomes, 32 bytes each, one for each connection; each says what the peer
/// has, and the core has to find whether that can be.
/// </summary>
internal sealed class WelcomeTarget : IFuzzTarget
{
    private const int PerConnection = 3;

    public string Name => "welcome";

    public IEnumerable<byte[]> Corpus() =>
    [
        [.. Welcome(0), .. Welcome(PerConnection), .. Welcome(2 * PerConnection)],
        [.. Welcome(0), .. Welcome(1), .. Welcome(1), .. Welcome(4)],
        [.. Welcome(0, window: 0), .. Welcome(0, window: uint.MaxValue), .. Welcome(2, maxMessage: 0)],
        Welcome(0, isKept: false),
    ];

    public bool Run(byte[] input)
    {
        var core = new SessionCore(StationLimits.Default, new MemoryOutgoingStore(), new SessionEnd());
        var batch = new OutgoingBatch();
        TimeSpan now = TimeSpan.Zero;
        int connections = 0;
        for (int at = 0; at + WelcomeFrame.BodyLength <= input.Length && core.End is null; at += WelcomeFrame.BodyLength)
        {
            ReadOnlySpan<byte> body = input.AsSpan(at, WelcomeFrame.BodyLength);
            WelcomeFrame welcome = WelcomeFrame.Read(body);
            byte[] again = new byte[FrameHeader.Size + WelcomeFrame.BodyLength];
            welcome.Write(again);
            if (!body.SequenceEqual(again.AsSpan(FrameHeader.Size)))
            {
                throw new InvalidOperationException("The Welcome is another when it is written again.");
            }

            ulong delivered = core.Sending.DeliveredId;
            if (connections > 0)
            {
                core.Detach(now);
            }

            core.Attach(welcome, connections == 0 ? 0 : welcome.LastId, welcome.IsKept, now);
            connections++;
            if (core.Sending.DeliveredId < delivered || core.Sending.DeliveredId > core.AcceptedId)
            {
                throw new InvalidOperationException($"Message {core.Sending.DeliveredId} is said to be delivered, of {core.AcceptedId}; {delivered} was before.");
            }

            Talk(core, batch, welcome, now += TimeSpan.FromSeconds(1));
        }

        return connections > 1;
    }

    private static void Talk(SessionCore core, OutgoingBatch batch, WelcomeFrame welcome, TimeSpan now)
    {
        for (int i = 0; i < PerConnection && welcome.MaxMessage >= 1; i++)
        {
            core.TrySend(OutgoingMessage.Bytes(new byte[1]), MessageCodec.FixedSize, accepted: null, out _);
        }

        if (core.TryPlan(batch, now))
        {
            core.Written(batch, transportMessages: 1);
        }

        while (core.TryDequeue(out _))
        {
        }
    }

    private static byte[] Welcome(ulong last, uint maxMessage = 1024, uint window = 1024, bool isKept = true)
    {
        byte[] body = new byte[WelcomeFrame.BodyLength];
        body.AsSpan(0, 16).Fill(0xAB);
        BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan(16), isKept ? last | (1ul << 63) : last);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(24), maxMessage);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(28), window);
        return body;
    }
}
