using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.Age;

/// <summary>Runs age and what belongs to it; a test is skipped where the program is not there.</summary>
internal static class AgeCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static byte[] Run(string program, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no {program} on the PATH.");
            throw;
        }

        return Finish(process, program, input);
    }

    /// <summary>Feeds a process whose streams are redirected, and takes what it writes; it must end well.</summary>
    public static byte[] Finish(Process process, string program, byte[] input)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task feed = Task.Run(() =>
            {
                using Stream stdin = process.StandardInput.BaseStream;
                stdin.Write(input);
            });
            using var output = new MemoryStream();
            Task read = process.StandardOutput.BaseStream.CopyToAsync(output);
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"{program} did not end in time.");
            }

            Assert.True(Task.WaitAll([errors, feed, read], s_patience), $"{program} left its streams open.");
            Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
            return output.ToArray();
        }
    }
}
