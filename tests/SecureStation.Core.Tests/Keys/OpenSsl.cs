using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.Keys;

/// <summary>The machine's openssl, as a second implementation to talk to.</summary>
internal static class OpenSsl
{
    /// <summary>Runs it and returns what it printed; skips the running test where it does not exist.</summary>
    public static string Run(params string[] arguments)
    {
        (int exitCode, string output) = Start("openssl", arguments);
        Assert.True(exitCode == 0, $"openssl {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>As <see cref="Run"/>, but tells success instead of insisting on it.</summary>
    public static bool Succeeds(params string[] arguments) => Start("openssl", arguments).ExitCode == 0;

    /// <summary>Runs a program to its end, with nothing on its input; skips the running test where there is none.</summary>
    internal static (int ExitCode, string Output) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no {program} on this machine.");
        }

        using (process)
        {
            process!.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
    }
}
