using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SecureStation.Endurance;

/// <summary>A row in a process of its own: that it dies or hangs is the row's failure, and nobody else's.</summary>
internal static class RowProcess
{
    // The line that the row's process says its outcome on.
    private const string Mark = "outcome: ";

    /// <summary>How often a row is done at a scale.</summary>
    public static int CountOf(IEnduranceRow row, double scale) => (int)Math.Max(row.Floor, Math.Round(row.Figure * scale));

    /// <summary>Starts a row and waits for its outcome.</summary>
    public static async Task<RowOutcome> RunAsync(IEnduranceRow row, EnduranceArguments asked)
    {
        TimeSpan bound = row.ShortTime * Math.Max(1, asked.Scale * 10);
        using Process process = OwnProcess.Start(
            "--inside", row.Name, "--scale", asked.Scale.ToString(CultureInfo.InvariantCulture), "--seed", asked.Seed.ToString(CultureInfo.InvariantCulture));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var time = new CancellationTokenSource(bound + TimeSpan.FromSeconds(15));
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new RowOutcome(0, "hangs", Passed: false, $"It did not end within {bound.TotalSeconds:0} s.");
        }

        string? said = (await output).Split('\n').LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal));
        return said is null
            ? new RowOutcome(0, "dies", Passed: false, $"Exit code {process.ExitCode}. {(await errors).Trim()}")
            : JsonSerializer.Deserialize<RowOutcome>(said[Mark.Length..])!;
    }

    /// <summary>Runs a row in this process.</summary>
    public static async Task<int> RunInsideAsync(string name, EnduranceArguments asked)
    {
        IEnduranceRow row = AllRows.Find(name)!;
        using var time = new CancellationTokenSource(row.ShortTime * Math.Max(1, asked.Scale * 10));
        string folder = Directory.CreateTempSubdirectory("endurance-").FullName;
        RowOutcome outcome;
        try
        {
            outcome = await row.RunAsync(new RowContext(CountOf(row, asked.Scale), new Random(asked.Seed), folder, time.Token));
        }
        catch (Exception e)
        {
            outcome = new RowOutcome(0, "fails", Passed: false, e.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine(Mark + JsonSerializer.Serialize(outcome));
        return 0;
    }
}
