using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.DiffieHellman;

/// <summary>The command-line tool <c>openssl</c>, in a folder of its own. Skips the running test where there is none.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("station-dh-");

    internal OpenSsl()
    {
        try
        {
            Run("version");
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no openssl on the PATH.");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    internal string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    internal void Write(string name, string text) => File.WriteAllText(Path(name), text);

    internal void Write(string name, byte[] bytes) => File.WriteAllBytes(Path(name), bytes);

    internal byte[] Read(string name) => File.ReadAllBytes(Path(name));

    /// <summary>Runs it, asserts that it succeeded and gives what it said on both streams.</summary>
    internal string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string all = output + errors.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0, $"openssl {string.Join(' ', arguments)}: {all}");
        return all;
    }
}
