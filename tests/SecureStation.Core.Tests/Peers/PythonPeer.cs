using System.Diagnostics;

namespace SecureStation.Core.Tests.Peers;

/// <summary>A run of station_peer.py, the second implementation of the protocol.</summary>
internal sealed class PythonPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Lazy<string?> s_missing = new(FindWhatIsMissing);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PythonPeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it; skips the running test where Python or its cryptography is not installed.</summary>
    public static PythonPeer Start(params string[] arguments)
    {
        Assert.SkipWhen(s_missing.Value is not null, s_missing.Value ?? string.Empty);
        string script = Path.Combine(SharedFolder.RepositoryRoot(), "tests", "SecureStation.Core.Tests", "Peers", "station_peer.py");
        return new PythonPeer(Run([script, .. arguments]));
    }

    public async Task<string> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line ?? throw new EndOfStreamException($"station_peer.py ended: {await _errors.WaitAsync(Patience)}");
    }

    /// <summary>The rest of what it says, by first word; it must end well.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FinishAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_process.ExitCode == 0, await _errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(
            static line => line.Split(' ')[0], static line => line.Contains(' ', StringComparison.Ordinal) ? line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..] : string.Empty);
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

    private static Process Run(IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(Interpreter(), arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    // Debian's own Python has Debian's packages; another one on the path may not.
    private static string Interpreter() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static string? FindWhatIsMissing()
    {
        const string what = "station_peer.py needs python3 with the package cryptography (Debian: python3-cryptography).";
        try
        {
            using Process process = Run(["-c", "import cryptography.hazmat.primitives.ciphers.aead"]);
            process.WaitForExit();
            return process.ExitCode == 0 ? null : what;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return what;
        }
    }
}
