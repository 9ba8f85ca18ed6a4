using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SecureStation.Legacy.Tests.PlainDh;

/// <summary>Runs the peers in <c>peers/</c> on Debian's python3-cryptography. Skips the running test where that is absent.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly Process _process;

    internal PythonPeer(string script, params string[] arguments)
    {
        Require();
        _process = Start([Path.Combine(Folder(), "peers", script), .. arguments]);
    }

    internal async Task<string> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null)
        {
            Assert.Fail("The Python peer ended: " + await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        return line;
    }

    internal async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static void Require()
    {
        try
        {
            using Process check = Start(["-c", "import cryptography"]);
            check.WaitForExit();
            Assert.SkipUnless(check.ExitCode == 0, $"{Interpreter} has no cryptography (apt-get install python3-cryptography).");
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no {Interpreter}.");
        }
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo(Interpreter, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
