using System.Diagnostics;
using System.Globalization;

namespace SecureStation.Endurance.Rows;

/// <summary>One side of the session of <see cref="StateRow"/>: its files, and the process that it is at the moment.</summary>
internal sealed class StateSide(string kind, string folder) : IDisposable
{
    private Process? _process;
    private Task<string> _errors = Task.FromResult(string.Empty);

    public string KeyFile => StateChild.KeyOf(folder, kind);

    public string StateFile => StateChild.StateOf(folder, kind);

    /// <summary>What it was given.</summary>
    public NumberLog Given { get; } = new(StateChild.LogOf(folder, kind));

    public void Start(params string[] arguments)
    {
        _process = OwnProcess.Start(["child", kind, folder, .. arguments]);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where the server listens: the first line that it writes.</summary>
    public async Task<int> ReadPortAsync(CancellationToken token) =>
        await _process!.StandardOutput.ReadLineAsync(token) is { } line ? int.Parse(line, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{kind}: {await _errors}");

    public async Task KillAsync(CancellationToken token)
    {
        await RequireAliveAsync();
        _process!.Kill();
        await _process.WaitForExitAsync(token);
        _process.Dispose();
    }

    /// <exception cref="InvalidOperationException">It ended by itself.</exception>
    public async Task RequireAliveAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"{kind} ended: {await _errors}");
        }
    }

    public async Task AwaitEndAsync(CancellationToken token)
    {
        await _process!.WaitForExitAsync(token);
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{kind} failed at the end: {await _errors}");
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }
    }
}
