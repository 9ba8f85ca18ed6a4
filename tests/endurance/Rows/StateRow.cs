using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.State;
using CutAgainProxy = SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// One session of two processes with a state each, over many rounds: both send 1,000 numbered messages a round while either is killed (kill -9) and the connection is
/// cut, at random moments. Afterwards what each was given is read from logs that outlived them.
/// </summary>
internal sealed class StateRow() : StationRow("state", "rounds of 1,000 messages each way over kill -9 and cuts", 200, 10, "accepted = given once, repeats marked, no gap", 240)
{
    private const int Messages = 1000;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        using var server = new StateSide(StateChild.Server, context.Folder);
        using var client = new StateSide(StateChild.Client, context.Folder);
        using StationKeyPair serverKey = StationKeyPair.Generate();
        using StationKeyPair clientKey = StationKeyPair.Generate();
        KeyFile.WritePrivate(server.KeyFile, serverKey);
        KeyFile.WritePrivate(client.KeyFile, clientKey);
        server.Start();
        await using var proxy = new CutAgainProxy(await server.ReadPortAsync(context.Token));
        string[] peer = [proxy.Port.ToString(CultureInfo.InvariantCulture), serverKey.Fingerprint.ToString()];
        client.Start(peer);
        int kills = 0, cuts = 0;
        for (int round = 1; round <= context.Count; round++)
        {
            StateChild.SetGoal(context.Folder, round * Messages);
            for (int blow = context.Random.Next(1, 4); blow > 0; blow--)
            {
                await Task.Delay(context.Random.Next(150), context.Token);
                switch (context.Random.Next(4))
                {
                    case 0 when round > 1:
                        await client.KillAsync(context.Token);
                        client.Start(peer);
                        kills++;
                        break;
                    case 1 when round > 1:
                        await server.KillAsync(context.Token);
                        server.Start();
                        proxy.TargetPort = await server.ReadPortAsync(context.Token);
                        kills++;
                        break;
                    default:
                        proxy.CutAfter(context.Random.Next(300_000));
                        cuts++;
                        break;
                }
            }

            await server.Given.AwaitAsync(round * Messages, [server, client], context.Token);
            await client.Given.AwaitAsync(round * Messages, [server, client], context.Token);
        }

        proxy.CutAfter(long.MaxValue);
        StateChild.SetGoal(context.Folder, StateChild.Over);
        await client.AwaitEndAsync(context.Token);
        await server.AwaitEndAsync(context.Token);
        int left = StationState.List(client.StateFile).Count + StationState.List(server.StateFile).Count;
        (int repeats, int inHand) = NumberLog.Judge([server.Given, client.Given], context.Count * Messages);
        return new RowOutcome(
            context.Count,
            $"{kills} kills, {cuts} cuts, {repeats} repeats, all marked, {inHand} in hand",
            left == 0 && kills > 0 && cuts > 0,
            left == 0 ? null : $"{left} sessions are left in the states.");
    }
}
