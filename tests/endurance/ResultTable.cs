using System.Globalization;

namespace SecureStation.Endurance;

/// <summary>The table: row, figure, limit, measured, PASS or FAIL.</summary>
internal class ResultTable(TextWriter to)
{
    private const string Form = "{0,-22} {1,8} {2,-46} {3,-46} {4}";

    protected TextWriter To => to;

    public static int WriteList(TextWriter to)
    {
        foreach (IEnduranceRow row in AllRows.All)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-22} {row.Figure,8:N0}  {row.What}{(row.LeftOut is { } why ? $" (left out here: {why})" : string.Empty)}"));
        }

        return 0;
    }

    public virtual void WriteHead(EnduranceArguments asked)
    {
        to.WriteLine($"seed {asked.Seed}");
        to.WriteLine(Form, "row", "figure", "limit", "measured", string.Empty);
        to.WriteLine(Form, new string('-', 22), new string('-', 8), new string('-', 46), new string('-', 46), "----");
    }

    public virtual void WriteRow(IEnduranceRow row, int count, RowOutcome outcome, TimeSpan time)
    {
        to.WriteLine(
            Form,
            row.Name,
            count.ToString("N0", CultureInfo.InvariantCulture),
            row.Limit,
            string.Create(CultureInfo.InvariantCulture, $"{outcome.Measured}, {time.TotalSeconds:0} s"),
            outcome.Passed ? "PASS" : "FAIL");
        if (outcome.Problem is { } problem)
        {
            to.WriteLine("    " + problem.ReplaceLineEndings("\n    "));
        }
    }

    public virtual void WriteLeftOut(IEnduranceRow row, string why) => to.WriteLine(Form, row.Name, "-", row.Limit, "left out: " + why, "-");
}
