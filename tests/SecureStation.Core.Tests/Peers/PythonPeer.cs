using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.Peers;

/// <summary>
/// A run of one of the peers in Python that were written from the descriptions of the wire. The scripts lie beside the tests' assembly,
/// because a build for CI leaves no path of the sources in it. Nothing here waits longer than <see cref="s_patience"/>.
/// </summary>
internal sealed class PythonPeer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _script;
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PythonPeer(string script, Process process)
    {
        _script = script;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a script, named from the tests' folder; skips the running test where Python or the script's package is not installed.</summary>
    public static PythonPeer Start(string script, PythonPackage package, params string[] arguments)
    {
        Assert.SkipUnless(package.IsInstalled, $"{script} needs python3 with the package {package.Module} (Debian: {package.DebianName}).");
        string path = Path.Combine(AppContext.BaseDirectory, script);
        Assert.True(File.Exists(path), $"{path} was not copied beside the tests.");
        return new PythonPeer(script, Run([path, .. arguments]));
    }

    public async Task<string> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);
        return line ?? throw new EndOfStreamException($"{_script} ended: {await _errors.WaitAsync(s_patience)}");
    }

    /// <summary>The number that ends the next line, as in <c>listening 40123</c>.</summary>
    public async Task<int> ReadPortAsync() => int.Parse((await ReadLineAsync()).Split(' ')[^1], null);

    /// <summary>Waits for its end, which must be a good one; returns the rest of what it printed.</summary>
    public async Task<string> FinishAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(_process.ExitCode == 0, $"{_script}: {await _errors.WaitAsync(s_patience)}");
        return output;
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        _process.Dispose();
    }

    /// <summary>Runs Python to its end; false where there is none, or where it fails.</summary>
    internal static bool Try(string code)
    {
        try
        {
            using Process process = Run(["-c", code]);
            return process.WaitForExit(s_patience) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    // Debian's own Python has Debian's packages; another one on the path may not.
    private static string Interpreter() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static Process Run(IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(Interpreter(), arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
