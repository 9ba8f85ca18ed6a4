using CsCheck;

namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>
/// Two cores over a link in virtual time: messages, keys, waits, cuts, delays, stalls, new connections and ends in every order, held against two
/// lists of what was accepted and what arrived. A failure prints its seed and the shortest run found that fails.
/// <code>
/// STATION_RUNS=100000 dotnet SecureStation.Core.Tests.dll --filter-class '*SessionSimulationTests'      more runs
/// CsCheck_Seed=…                                                                                        the run of a seed again
/// </code>
/// </summary>
public class SessionSimulationTests
{
    private static readonly long s_runs = long.TryParse(Environment.GetEnvironmentVariable("STATION_RUNS"), out long runs) ? runs : 10_000;

    private static readonly Gen<SimulationSetup> s_setups = Gen.Select(
        Gen.Bool, Gen.Bool, Gen.Bool, OneOf(100, 5_000, 1_000_000), OneOf(500, 20_000, 1_000_000), OneOf(3, 1_000_000),
        static (resumable, left, right, window, outbox, rekey) => new SimulationSetup(resumable, left, right, window, outbox, rekey));

    private static readonly Gen<SimulationStep[]> s_steps = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(SimulationStepKind.Send)),
            (3, Gen.Const(SimulationStepKind.SendLong)),
            (8, Gen.Const(SimulationStepKind.Take)),
            (8, Gen.Const(SimulationStepKind.Wait)),
            (1, Gen.Const(SimulationStepKind.WaitLong)),
            (3, Gen.Const(SimulationStepKind.Delay)),
            (4, Gen.Const(SimulationStepKind.Commit)),
            (2, Gen.Const(SimulationStepKind.Ask)),
            (2, Gen.Const(SimulationStepKind.Rekey)),
            (2, Gen.Const(SimulationStepKind.Cut)),
            (1, Gen.Const(SimulationStepKind.Stall)),
            (3, Gen.Const(SimulationStepKind.Reconnect)),
            (1, Gen.Const(SimulationStepKind.Close)),
            (1, Gen.Const(SimulationStepKind.CloseNow)),
            (1, Gen.Const(SimulationStepKind.Abort))),
        Gen.Bool,
        Gen.Int[0, 1000],
        static (kind, isLeft, number) => new SimulationStep(kind, isLeft, number)).Array[0, 50];

    [Fact]
    public void Whatever_happens_messages_arrive_once_in_order_and_both_sides_agree() =>
        Gen.Select(s_setups, s_steps).Sample(
            static (setup, steps) => SimulatedPair.Run(setup, steps),
            iter: s_runs,
            print: static run => $"{run.Item1}\n{string.Join('\n', run.Item2)}");

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
