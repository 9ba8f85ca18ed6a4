using System.Diagnostics;
using System.Reflection;
using SecureStation.PowerShell;

namespace SecureStation.Quickstart;

/// <summary>One side of the quickstart: a PowerShell process whose lines are shown with its name before them.</summary>
internal sealed class Station(string role, ConsoleColor color)
{
    private static readonly Lock s_screen = new();

    private static readonly string s_projectFolder = typeof(Station).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static metadata => metadata.Key == "ProjectFolder").Value!;

    private bool spoke;

    /// <summary>Runs it to its end; whether it went well. Where it does not, <paramref name="stop"/> is cancelled, which ends the other side too.</summary>
    /// <exception cref="FileNotFoundException">There is no PowerShell.</exception>
    public async Task<bool> RunAsync(string invitation, CancellationTokenSource stop)
    {
        ProcessStartInfo start = PowerShellHost.Start(
            "-NoProfile", "-NonInteractive", "-File", Path.Combine(s_projectFolder, "Narrate.ps1"), role, invitation);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";

        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Show(e.Data);
        process.ErrorDataReceived += (_, e) => Show(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return false;
        }

        // Without a word nothing was shown: what STATION_PWSH names is some other program.
        if (!spoke)
        {
            Show($"'{start.FileName}' says nothing. Is it PowerShell 7.6 or later?");
        }
        else if (process.ExitCode == 0)
        {
            return true;
        }

        await stop.CancelAsync();
        return false;
    }

    private void Show(string? line)
    {
        if (line is null)
        {
            return;
        }

        spoke = true;
        lock (s_screen)
        {
            Console.ForegroundColor = color;
            Console.Write($"{role,-8} │ ");
            Console.ResetColor();
            Console.WriteLine(line);
        }
    }
}
