using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SecureStation.PowerShell;

namespace SecureStation.ModuleTests;

/// <summary>One run of Run.ps1 in a PowerShell of its own, in an empty home for keys and peers.</summary>
internal static class PesterRun
{
    // The suite takes minutes; a busy machine gets many times that.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(40);

    /// <summary>The version of Pester that STATION_PESTER names, or null.</summary>
    public static string? NamedVersion { get; } = Environment.GetEnvironmentVariable("STATION_PESTER") is { Length: > 0 } version ? version : null;

    /// <exception cref="FileNotFoundException">PowerShell or Pester is not there.</exception>
    /// <exception cref="InvalidOperationException">Run.ps1 ended without results; the message is its output.</exception>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public static async Task<IReadOnlyList<PesterResult>> StartAsync(CancellationToken cancellationToken)
    {
        string home = Directory.CreateTempSubdirectory("station-pester-").FullName;
        try
        {
            string results = Path.Combine(home, "results.json");
            ProcessStartInfo start = PowerShellHost.Start(
                "-NoProfile", "-NonInteractive", "-File", Path.Combine(RepositoryRoot.Path, "tests", "Module", "Run.ps1"),
                "-Pester", FindPester(), "-ResultPath", results);
            start.WorkingDirectory = home;
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
            start.RedirectStandardInput = true;
            // The user's own keys and peers are no place for tests.
            start.Environment["XDG_CONFIG_HOME"] = home;
            start.Environment["APPDATA"] = home;
            start.Environment["NO_COLOR"] = "1";
            start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
            start.Environment["POWERSHELL_UPDATECHECK"] = "Off";

            string output = await RunAsync(start, cancellationToken);
            return File.Exists(results)
                ? JsonSerializer.Deserialize<PesterResult[]>(await File.ReadAllTextAsync(results, cancellationToken))!
                : throw new InvalidOperationException($"Run.ps1 ended without results:\n{output}");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static string FindPester()
    {
        string version = NamedVersion ?? "6.2.0";
        string manifest = Path.Combine(PowerShellHost.PackageRoot, "pester", version, "tools", "Pester.psd1");
        return File.Exists(manifest)
            ? manifest
            : throw new FileNotFoundException($"Pester {version} is not at '{manifest}'. dotnet restore brings 6.2.0 and 5.9.1.");
    }

    private static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = new StringBuilder();
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(output, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The Pester tests did not end within {s_patience.TotalMinutes} minutes:\n{output}");
        }

        lock (output)
        {
            return output.ToString();
        }
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
