using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using SecureStation.PowerShell;

namespace SecureStation.Endurance.Rows;

/// <summary>Ctrl+C in every blocking cmdlet, in a real PowerShell, in each of its waiting states.</summary>
internal sealed class StopRow() : StationRow("ctrl-c", "stops of a blocking cmdlet", 170, 17, "each within 1 s (5 s on a busy machine)", 120)
{
    // What .NET itself does not leave within a second on a machine that does other things is not the cmdlet's waiting.
    private const int LimitMilliseconds = 5000;

    public override string? LeftOut => File.Exists(Module()) ? null : "the module is not built: dotnet build";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        ProcessStartInfo start = PowerShellHost.Start(
            "-NoProfile", "-File", Path.Combine(Path.GetDirectoryName(Here())!, "..", "Stop-Cmdlets.ps1"), "-Module", Module(), "-Times", $"{Math.Max(1, context.Count / 17)}");
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        string[] lines;
        try
        {
            lines = (await process.StandardOutput.ReadToEndAsync(context.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        int[] times = [.. lines.Select(static line => int.TryParse(line.Split(' ')[0], CultureInfo.InvariantCulture, out int time) ? time : int.MaxValue)];
        string[] bad = [.. lines.Where((_, i) => times[i] > LimitMilliseconds)];
        int longest = times.Where(static time => time != int.MaxValue).DefaultIfEmpty().Max();
        return new RowOutcome(times.Length - bad.Length, $"{times.Length} stopped, the slowest in {longest} ms", bad.Length == 0, bad.Length == 0 ? null : string.Join('\n', bad));
    }

    private static string Module() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "SecureStation.psd1"));

    private static string Here([CallerFilePath] string file = "") => file;
}
