using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SecureStation.Endurance;

/// <summary>The table as docs/reliability.md has it, below what it was measured on. What failed is told on the error stream.</summary>
internal sealed class MarkdownTable(TextWriter to) : ResultTable(to)
{
    public override void WriteHead(EnduranceArguments asked)
    {
        string kind = asked.Scale switch
        {
            1 => "the full figures",
            EnduranceArguments.Short => "the short form, a tenth of the figures",
            _ => string.Create(CultureInfo.InvariantCulture, $"{asked.Scale} of the full figures"),
        };
        To.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on {DateTime.UtcNow:yyyy-MM-dd} at commit {Commit()}: {kind}, seed {asked.Seed}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}."));
        To.WriteLine();
        To.WriteLine("| row | figure | limit | measured | s | |");
        To.WriteLine("|---|---:|---|---|---:|---|");
    }

    public override void WriteRow(IEnduranceRow row, int count, RowOutcome outcome, TimeSpan time)
    {
        To.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {row.Name} | {count:N0} | {Cell(row.Limit)} | {Cell(outcome.Measured)} | {time.TotalSeconds:0} | {(outcome.Passed ? "PASS" : "FAIL")} |"));
        if (outcome.Problem is { } problem)
        {
            Console.Error.WriteLine($"{row.Name}: {problem}");
        }
    }

    public override void WriteLeftOut(IEnduranceRow row, string why) => To.WriteLine($"| {row.Name} | | {Cell(row.Limit)} | left out: {Cell(why)} | | |");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    // Of the working tree that the run was started in; a program that was copied elsewhere has none.
    private static string Commit()
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return commit.Length > 0 ? commit : "(none)";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "(none)";
        }
    }
}
