using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SecureStation.Legacy.Tests.DocumentNotary;

/// <summary>document_notary.py under Debian's python3, which has the package python3-cryptography; the test is skipped where it is absent.</summary>
internal sealed class PythonPeer : IDisposable
{
    private static readonly Lazy<string?> Python = new(Find);

    private readonly Process _process;

    private PythonPeer(Process process) => _process = process;

    public static PythonPeer Start(params string[] arguments)
    {
        Assert.SkipUnless(Python.Value is not null, "There is no python3 with the package cryptography on this machine: nothing was tried against the Python peer.");
        return new PythonPeer(Run(Python.Value!, [Path.Combine(Folder(), "peers", "document_notary.py"), .. arguments]));
    }

    /// <summary>The port after "listening".</summary>
    public async Task<int> PortAsync(CancellationToken cancellationToken) => int.Parse((await LineAsync(cancellationToken)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public async Task<string> LineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync(cancellationToken));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;

    private static string? Find() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(static python =>
    {
        try
        {
            using Process process = Run(python, ["-c", "import cryptography.hazmat.primitives.ciphers"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    private static Process Run(string python, string[] arguments) =>
        Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
