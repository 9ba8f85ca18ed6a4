namespace SecureStation.Endurance.Rows;

/// <summary>
/// Sessions without a state whose connections are cut at random bytes while both sides send 1,000 numbered messages. In every fifth round the
/// listener is gone for good at some moment, and both sides have to say of each message what became of it.
/// </summary>
internal sealed class ReconnectRow() : StationRow("reconnect", "rounds of 1,000 messages each way over cuts, no state", 200, 20, "delivered = arrived once, in order; no gap", 180)
{
    private const int Messages = 1000;
    private const int AtOnce = 4;
    private const int LostEvery = 5;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int done = 0, cuts = 0, lost = 0, undelivered = 0, unknown = 0;
        int[] seeds = [.. Enumerable.Range(0, context.Count).Select(_ => context.Random.Next())];
        await Parallel.ForAsync(0, context.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = context.Token }, async (round, token) =>
        {
            await using ReconnectRound one = await ReconnectRound.StartAsync(Messages, new Random(seeds[round]), token);
            if (round % LostEvery == LostEvery - 1)
            {
                (int missing, int open) = await one.RunUntilLostAsync(token);
                Interlocked.Add(ref undelivered, missing);
                Interlocked.Add(ref unknown, open);
                Interlocked.Increment(ref lost);
            }
            else
            {
                Interlocked.Add(ref cuts, await one.RunAsync(token));
            }

            Interlocked.Increment(ref done);
        });
        return new RowOutcome(done, $"{cuts} resumed; {lost} lost: {undelivered} Undelivered, {unknown} Unknown", cuts > done / 2);
    }
}
