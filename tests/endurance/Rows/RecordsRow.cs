using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport.Faults;

namespace SecureStation.Endurance.Rows;

/// <summary>Messages of the wire dropped, repeated, put into another order, cut short: the session ends, and what came before it is whole and in order.</summary>
internal sealed class RecordsRow() : StationRow("records", "sessions with a record dropped, repeated, moved, cut", 4000, 400, "a prefix in order, then a typed error", 60)
{
    private const int Messages = 20;

    private static readonly FaultKind[] s_faults = [FaultKind.Drop, FaultKind.Duplicate, FaultKind.Reorder, FaultKind.Truncate, FaultKind.Corrupt, FaultKind.Cut];

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        StationLimits quick = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(4), PingAfter = TimeSpan.FromSeconds(1), DeadAfter = TimeSpan.FromSeconds(3), CloseTimeout = TimeSpan.FromSeconds(1) };
        int broken = 0;
        long prefixes = 0;
        int seed = context.Random.Next();
        await Parallel.ForAsync(0, context.Count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = context.Token }, async (i, token) =>
        {
            var rule = new FaultRule { Fault = s_faults[i % s_faults.Length], From = StationRole.Initiator, Message = 1 + ((seed + (i / s_faults.Length)) % (Messages + 2)) };
            try
            {
                await using StationLoopback pair = await StationLoopback.CreateAsync(limits: quick, faults: [rule], cancellationToken: token);
                Task sending = SendAsync(pair.Left, token);
                for (int expected = 0; expected < Messages; expected++)
                {
                    StationMessage message = await pair.Right.ReceiveAsync(token);
                    Interlocked.Increment(ref prefixes);
                    if (!Equals(message.Body, $"{expected}"))
                    {
                        throw new InvalidOperationException($"{rule}: {message.Body} came where {expected} was due.");
                    }
                }

                await sending;
            }
            catch (StationException)
            {
                Interlocked.Increment(ref broken);
            }
        });
        return new RowOutcome(context.Count, $"{broken} ended, {prefixes:N0} messages in order before that", broken > context.Count * 8 / 10 && prefixes > context.Count);
    }

    private static async Task SendAsync(StationSession session, CancellationToken token)
    {
        try
        {
            for (int i = 0; i < Messages; i++)
            {
                await session.SendAsync(OutgoingMessage.Text($"{i}"), token);
                await Task.Delay(1, token);
            }
        }
        catch (StationException)
        {
            // The other end says why.
        }
    }
}
