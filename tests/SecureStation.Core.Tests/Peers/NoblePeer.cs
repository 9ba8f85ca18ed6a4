using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.Peers;

/// <summary>
/// A run of noble_peer.mjs, a Noise peer over npm's @noble packages. They are installed beside the tests' assembly by the first test that needs them.
/// Nothing here waits longer than <see cref="Patience"/>.
/// </summary>
internal sealed class NoblePeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Peers", "noble");
    private static readonly Lazy<string?> s_obstacle = new(Install);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private NoblePeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it with its settings as JSON; skips the running test where node or the packages cannot be had.</summary>
    public static NoblePeer Start(string settings)
    {
        Assert.SkipWhen(s_obstacle.Value is not null, s_obstacle.Value ?? "");
        return new NoblePeer(Run("node", ["noble_peer.mjs", settings]));
    }

    /// <summary>The bytes of its next message, without the mark that its line begins with.</summary>
    public async Task<byte[]> ReadAsync(string mark = "")
    {
        string line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException($"The peer ended: {await _errors.WaitAsync(Patience)}");
        Assert.StartsWith(mark, line, StringComparison.Ordinal);
        return Convert.FromHexString(line[mark.Length..]);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> message)
    {
        await _process.StandardInput.WriteLineAsync(Convert.ToHexStringLower(message.Span)).WaitAsync(Patience);
        await _process.StandardInput.FlushAsync().WaitAsync(Patience);
    }

    /// <summary>Waits for its end, which is good only where it was content with all that came.</summary>
    public async Task<bool> FinishAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode == 0 ? true : throw new InvalidOperationException($"The peer failed: {await _errors.WaitAsync(Patience)}");
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

    /// <summary>Installs what package-lock.json names; returns what stands in the way of the tests, or null.</summary>
    private static string? Install()
    {
        const string Needed = "The peer over @noble needs node 20.19 or newer and npm";
        try
        {
            using Process node = Run("node", ["-e", "const [a, b] = process.versions.node.split('.'); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)"]);
            if (!node.WaitForExit(Patience) || node.ExitCode != 0)
            {
                return $"{Needed}; the node here is older.";
            }

            if (Directory.Exists(Path.Combine(s_folder, "node_modules", "@noble", "post-quantum")))
            {
                return null;
            }

            using Process npm = Run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
            if (npm.WaitForExit(Patience))
            {
                return npm.ExitCode == 0 ? null : $"{Needed}; 'npm ci' in {s_folder} failed: {npm.StandardError.ReadToEnd()}";
            }

            npm.Kill(entireProcessTree: true);
            return $"{Needed}; 'npm ci' in {s_folder} did not end in time.";
        }
        catch (Win32Exception)
        {
            return $"{Needed}.";
        }
    }

    private static Process Run(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = s_folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
