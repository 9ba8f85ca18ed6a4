using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Core.Tests.Peers;

/// <summary>A folder of programs for node beside the tests' assembly. The packages in its package-lock.json are installed by the first test that needs them.</summary>
internal sealed class NodePackages
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly string _folder;
    private readonly Lazy<string?> _obstacle;

    /// <param name="folder">The folder's name in Peers.</param>
    /// <param name="package">A package whose presence says that all were installed.</param>
    public NodePackages(string folder, string package)
    {
        _folder = Path.Combine(AppContext.BaseDirectory, "Peers", folder);
        _obstacle = new Lazy<string?>(() => Install(package));
    }

    /// <summary>Skips the running test where node or the packages cannot be had.</summary>
    public void SkipIfMissing() => Assert.SkipWhen(_obstacle.Value is not null, _obstacle.Value ?? "");

    /// <summary>Starts a program in the folder, with all its streams redirected.</summary>
    public Process Run(string program, params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = _folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    // What stands in the way of the tests, or null.
    private string? Install(string package)
    {
        const string Needed = "This peer needs node 20.19 or newer and npm";
        try
        {
            using Process node = Run("node", "-e", "const [a, b] = process.versions.node.split('.'); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)");
            if (!node.WaitForExit(s_patience) || node.ExitCode != 0)
            {
                return $"{Needed}; the node here is older.";
            }

            if (Directory.Exists(Path.Combine(_folder, "node_modules", package)))
            {
                return null;
            }

            using Process npm = Run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
            if (npm.WaitForExit(s_patience))
            {
                return npm.ExitCode == 0 ? null : $"{Needed}; 'npm ci' in {_folder} failed: {npm.StandardError.ReadToEnd()}";
            }

            npm.Kill(entireProcessTree: true);
            return $"{Needed}; 'npm ci' in {_folder} did not end in time.";
        }
        catch (Win32Exception)
        {
            return $"{Needed}.";
        }
    }
}
