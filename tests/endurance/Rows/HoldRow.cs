using System.Diagnostics;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Endurance.Rows;

/// <summary>Sessions that talk all the time, all at once.</summary>
internal sealed class HoldRow() : StationRow("hold", "sessions held for 60 s (short: 6 s), echoing", 1000, 100, "none lost, each echo right", 60)
{
    public override string? LeftOut => NeedsDescriptors(2500);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Clamp(context.Count * 60.0 / Figure, 6, 600));
        await using StationListener listener = Listen();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        Task server = ServeAsync(listener, over.Token);
        var clients = new List<StationSession>();
        for (int i = 0; i < context.Count; i++)
        {
            clients.Add(await ConnectAsync(listener, context.Token));
        }

        long began = Stopwatch.GetTimestamp();
        long[] echoes = await Task.WhenAll(clients.Select((client, number) => TalkAsync(client, number, began, time, context.Token)));
        int open = clients.Count(static client => client.State == StationSessionState.Open);
        await over.CancelAsync();
        await server;
        await Task.WhenAll(clients.Select(client => client.CloseAsync(context.Token)));
        bool passed = open == context.Count && echoes.All(static count => count > 0);
        return new RowOutcome(open, $"{open} open, {echoes.Sum():N0} echoes, {echoes.Min()} at least", passed);
    }

    private static async Task<long> TalkAsync(StationSession client, int number, long began, TimeSpan time, CancellationToken token)
    {
        // Each at its own pace, as people would.
        long echoes = 0;
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            string text = $"{number}:{echoes}";
            await client.SendAsync(OutgoingMessage.Text(text), token);
            StationMessage answer = await client.ReceiveAsync(token);
            if (!Equals(answer.Body, text))
            {
                throw new InvalidOperationException($"'{answer.Body}' came back for '{text}'.");
            }

            echoes++;
            await Task.Delay(100, token);
        }

        return echoes;
    }

    private static async Task ServeAsync(StationListener listener, CancellationToken token)
    {
        try
        {
            while (true)
            {
                StationMessage message = await listener.ReceiveAsync(token);
                await message.Session.SendAsync(OutgoingMessage.Text((string)message.Body!), token);
            }
        }
        catch (OperationCanceledException)
        {
            // The row is over.
        }
    }
}
