using System.Diagnostics;

namespace SecureStation.Endurance;

/// <summary>A whole run: the rows one after the other, and the table.</summary>
internal static class EnduranceRun
{
    public static async Task<int> RunAsync(EnduranceArguments asked)
    {
        ResultTable table = asked.Markdown ? new MarkdownTable(Console.Out) : new ResultTable(Console.Out);
        table.WriteHead(asked);
        bool hasFailed = false;
        foreach (IEnduranceRow row in asked.Rows.Count == 0 ? AllRows.All : asked.Rows.Select(name => AllRows.Find(name)!))
        {
            if (row.LeftOut is { } why)
            {
                table.WriteLeftOut(row, why);
                continue;
            }

            long began = Stopwatch.GetTimestamp();
            RowOutcome outcome = await RowProcess.RunAsync(row, asked);
            int wanted = RowProcess.CountOf(row, asked.Scale);
            if (outcome.Passed && outcome.Done < wanted)
            {
                outcome = outcome with { Passed = false, Problem = $"It was done {outcome.Done} times, not {wanted}." };
            }

            hasFailed |= !outcome.Passed;
            table.WriteRow(row, wanted, outcome, Stopwatch.GetElapsedTime(began));
        }

        return hasFailed ? 1 : 0;
    }
}
