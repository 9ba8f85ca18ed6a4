using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Keys changed all the time, by both sides, while messages flow both ways.</summary>
internal sealed class RekeyRow() : StationRow("rekey", "messages each way, keys changed every 8", 100_000, 10_000, "all in order", 60)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: StationLimits.Default with { RekeyAfterMessages = 8 }, cancellationToken: context.Token);
        await Task.WhenAll(
            SendAsync(pair.Left, context), SendAsync(pair.Right, context), ReceiveAsync(pair.Left, context), ReceiveAsync(pair.Right, context));
        return new RowOutcome(context.Count, $"{2 * context.Count:N0} messages in order", Passed: true);
    }

    private static async Task SendAsync(StationSession session, RowContext context)
    {
        for (int i = 0; i < context.Count; i++)
        {
            await session.SendAsync(OutgoingMessage.Bytes(BitConverter.GetBytes(i)), context.Token);
            if (i % 100 == 0)
            {
                await session.WaitDeliveredAsync((ulong)i + 1, context.Token);
            }
        }
    }

    private static async Task ReceiveAsync(StationSession session, RowContext context)
    {
        for (int i = 0; i < context.Count; i++)
        {
            StationMessage message = await session.ReceiveAsync(context.Token);
            if (BitConverter.ToInt32(message.BodyBytes.Span) != i)
            {
                throw new InvalidOperationException($"Message {BitConverter.ToInt32(message.BodyBytes.Span)} came where {i} was due.");
            }
        }
    }
}
