using System.Diagnostics;
using System.Text;

namespace SecureStation.ModuleTests;

/// <summary>Runs the Pester files of this folder in one pwsh; without pwsh 7.6 or Pester 5 they are skipped, visibly.</summary>
public class PesterTests
{
    // Run.ps1 says so where pwsh or Pester is too old or not there.
    private const int SkipExitCode = 77;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task EveryPesterTestPasses()
    {
        string? pwsh = FindPwsh();
        if (pwsh is null)
        {
            Assert.Skip("Pester tests not run: no pwsh on the PATH.");
        }

        string home = Directory.CreateTempSubdirectory("station-pester-").FullName;
        try
        {
            (int exitCode, string output) = await RunAsync(pwsh, home);
            string lastLine = output.TrimEnd().Split('\n')[^1].Trim();
            if (exitCode == SkipExitCode)
            {
                Assert.Skip(lastLine);
            }

            await Console.Out.WriteLineAsync(lastLine);
            TestContext.Current.TestOutputHelper?.WriteLine(lastLine);
            Assert.True(exitCode == 0, output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static string? FindPwsh()
    {
        string name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string pwsh, string home)
    {
        var start = new ProcessStartInfo(pwsh)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in new[] { "-NoProfile", "-NonInteractive", "-File", Path.Combine(RepositoryRoot.Path, "tests/Module/Run.ps1") })
        {
            start.ArgumentList.Add(argument);
        }

        // The user's own keys and peers are no place for tests.
        start.Environment["XDG_CONFIG_HOME"] = home;
        start.Environment["APPDATA"] = home;
        start.Environment["NO_COLOR"] = "1";

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = new StringBuilder();
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(output, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Append(output, $"The Pester tests did not end within {Patience.TotalMinutes} minutes.");
            return (-1, output.ToString());
        }

        lock (output)
        {
            return (process.ExitCode, output.ToString());
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
