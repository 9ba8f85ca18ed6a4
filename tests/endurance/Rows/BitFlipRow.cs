using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Transport.Faults;

namespace SecureStation.Endurance.Rows;

/// <summary>A bit of the wire flipped, byte by byte through handshake and session: nothing changed is ever taken for good.</summary>
internal sealed class BitFlipRow() : StationRow("bit-flip", "bytes of a session with a bit flipped", 6000, 400, "typed error each, no message changed", 60)
{
    private const int Bytes = 3000;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        StationLimits quick = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(4), PingAfter = TimeSpan.FromSeconds(2), DeadAfter = TimeSpan.FromSeconds(4), CloseTimeout = TimeSpan.FromSeconds(2) };
        int refused = 0;
        int unharmed = 0;
        int offset = context.Random.Next(2 * Bytes);
        int step = Math.Max(1, 2 * Bytes / context.Count);
        await Parallel.ForAsync(0, context.Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = context.Token }, async (i, token) =>
        {
            int place = (offset + (i * step)) % (2 * Bytes);
            var rule = new FaultRule { Fault = FaultKind.Corrupt, From = place % 2 == 0 ? StationRole.Initiator : StationRole.Responder, Byte = 1 + (place / 2) };
            try
            {
                await using StationLoopback pair = await StationLoopback.CreateAsync(limits: quick, faults: [rule], cancellationToken: token);
                await pair.Left.SendAsync(OutgoingMessage.Text("there"), token);
                await pair.Right.SendAsync(OutgoingMessage.Text("back"), token);
                object?[] came = [(await pair.Right.ReceiveAsync(token)).Body, (await pair.Left.ReceiveAsync(token)).Body];
                if (came is not ["there", "back"])
                {
                    throw new InvalidOperationException($"{rule}: {string.Join(", ", came)} came.");
                }

                // The flipped byte lies behind what was said, or was never sent.
                Interlocked.Increment(ref unharmed);
            }
            catch (StationException)
            {
                Interlocked.Increment(ref refused);
            }
        });
        return new RowOutcome(refused + unharmed, $"{refused} refused, {unharmed} beyond the end", refused > context.Count / 4);
    }
}
