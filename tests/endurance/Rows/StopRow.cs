using System.Diagnostics;
using System.Globalization;
using SecureStation.PowerShell;

namespace SecureStation.Endurance.Rows;

/// <summary>Ctrl+C in every blocking cmdlet, in a real PowerShell, in each of its waiting states (Stop-States.ps1).</summary>
internal sealed class StopRow() : StationRow("ctrl-c", "stops of a blocking cmdlet", 10 * States, States, "each within 1 s (5 s on a busy machine)", 180)
{
    // Without a NATS server: those of its mailboxes come in addition.
    private const int States = 45;

    // What .NET itself does not leave within a second on a machine that does other things is not the cmdlet's waiting.
    private const int LimitMilliseconds = 5000;

    private static readonly string? s_root = FindRoot();

    public override string? LeftOut => s_root is null ? "the module is not built: dotnet build" : null;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        NatsServerProcess[] servers = NatsServerProcess.IsInstalled
            ? [NatsServerProcess.Start(Path.Combine(context.Folder, "live")), NatsServerProcess.Start(Path.Combine(context.Folder, "stopped"))]
            : [];
        string[] lines;
        try
        {
            lines = await StopAsync(Math.Max(1, context.Count / States), servers, context.Token);
        }
        finally
        {
            Array.ForEach(servers, static server => server.Dispose());
        }

        int[] times = [.. lines.Select(static line => int.TryParse(line.Split(' ')[0], CultureInfo.InvariantCulture, out int time) ? time : int.MaxValue)];
        string[] bad = [.. lines.Where((_, i) => times[i] > LimitMilliseconds)];
        int longest = times.Where(static time => time != int.MaxValue).DefaultIfEmpty().Max();
        return new RowOutcome(
            times.Length - bad.Length,
            $"{times.Length} stopped{(servers.Length == 0 ? " (none of NATS: no nats-server)" : "")}, the slowest in {longest} ms",
            bad.Length == 0,
            bad.Length == 0 ? null : string.Join('\n', bad));
    }

    private static async Task<string[]> StopAsync(int times, NatsServerProcess[] servers, CancellationToken token)
    {
        string[] nats = servers.Length == 0 ? [] : ["-Nats", string.Create(CultureInfo.InvariantCulture, $"{servers[0].Address},{servers[1].Address},{servers[1].ProcessId}")];
        ProcessStartInfo start = PowerShellHost.Start(
            [
                "-NoProfile", "-File", Path.Combine(s_root!, "tests", "endurance", "Stop-Cmdlets.ps1"),
                "-Module", Path.Combine(s_root!, "SecureStation.psd1"), "-Times", times.ToString(CultureInfo.InvariantCulture), .. nats,
            ]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(token);
            string[] lines = (await process.StandardOutput.ReadToEndAsync(token)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.Length > 0 ? lines : throw new InvalidOperationException($"No cmdlet was stopped: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    // The repository, where the module has been built. Its path is not in the program, which is built the same everywhere.
    private static string? FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecureStation.psd1")))
            {
                return File.Exists(Path.Combine(folder.FullName, "bin", "SecureStation.PowerShell.dll")) ? folder.FullName : null;
            }
        }

        return null;
    }
}
