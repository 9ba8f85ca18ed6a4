using CsCheck;
using SecureStation.Core.State;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>
/// Two stations in virtual time whose processes die at any moment, before, in and after a commit, and begin again with what was committed: the session's core,
/// the journal and the tables are the real ones. Held against a model of what was accepted and what was given out (docs: about_SecureStation_Reliability).
/// A failure prints its seed and the shortest run found that fails.
/// <code>
/// STATION_RUNS=100000 dotnet SecureStation.Core.Tests.dll --filter-class '*CrashSimulationTests'      more runs
/// CsCheck_Seed=…                                                                                    the run of a seed again
/// </code>
/// </summary>
public class CrashSimulationTests
{
    private static readonly long s_runs = long.TryParse(Environment.GetEnvironmentVariable("STATION_RUNS"), out long runs) ? runs : 10_000;

    private static readonly Gen<CrashSetup> s_setups = Gen.Select(
        Gen.Frequency((5, Gen.Const((true, true))), (1, Gen.Const((true, false))), (1, Gen.Const((false, true))), (1, Gen.Const((false, false)))),
        OneOf(100, 5_000, 1_000_000),
        OneOf(2_000, 20_000, 1_000_000),
        OneOf(0, (int)GivenSteps.Length - 5),
        static (states, window, outbox, before) => new CrashSetup(states.Item1, states.Item2, window, outbox, states is (true, true) ? (ulong)before : 0));

    private static readonly Gen<CrashStep[]> s_steps = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(CrashStepKind.Send)),
            (2, Gen.Const(CrashStepKind.SendLong)),
            (4, Gen.Const(CrashStepKind.SendService)),
            (8, Gen.Const(CrashStepKind.Take)),
            (8, Gen.Const(CrashStepKind.Wait)),
            (2, Gen.Const(CrashStepKind.Delay)),
            (12, Gen.Const(CrashStepKind.Commit)),
            (2, Gen.Const(CrashStepKind.Ask)),
            (2, Gen.Const(CrashStepKind.Cut)),
            (5, Gen.Const(CrashStepKind.Reconnect)),
            (2, Gen.Const(CrashStepKind.Crash)),
            (2, Gen.Const(CrashStepKind.CrashBeforeCommit)),
            (2, Gen.Const(CrashStepKind.CrashAfterCommit))),
        Gen.Bool,
        Gen.Int[0, 1000],
        static (kind, isLeft, number) => new CrashStep(kind, isLeft, number)).Array[0, 60];

    [Fact]
    public void Whenever_a_process_dies_what_was_accepted_arrives_once_in_order_and_repeats_are_marked() =>
        Gen.Select(s_setups, s_steps).Sample(
            static (setup, steps) => CrashPair.Run(setup, steps),
            iter: s_runs,
            print: static run => $"{run.Item1}\n{string.Join('\n', run.Item2)}");

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
