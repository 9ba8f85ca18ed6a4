using System.Diagnostics;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>An independent peer in Python (Chat/peers/chat_peer.py); the running test is skipped where Debian's pycryptodome is not there.</summary>
internal sealed class ChatPython : IAsyncDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<bool> IsAvailable = new(static () => File.Exists(Interpreter) && RunsAsync().GetAwaiter().GetResult());

    private readonly Process _process;

    private ChatPython(Process process) => _process = process;

    public static ChatPython Start(params string[] arguments)
    {
        Assert.SkipUnless(IsAvailable.Value, "Debian's python3-pycryptodome is not installed (apt-get install python3-pycryptodome).");
        return new ChatPython(Run([Path.Combine(AppContext.BaseDirectory, "Chat", "peers", "chat_peer.py"), .. arguments]));
    }

    public async Task<int> ReadPortAsync() => int.Parse(await ReadLineAsync(), null);

    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync(ScriptedPeer.Limit)
        ?? throw new EndOfStreamException("The Python peer ended: " + await _process.StandardError.ReadToEndAsync(ScriptedPeer.Limit));

    /// <summary>Waits for its end, which must be a good one; returns what it printed.</summary>
    public async Task<string> FinishAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync(ScriptedPeer.Limit);
        await _process.WaitForExitAsync(ScriptedPeer.Limit);
        Assert.True(_process.ExitCode == 0, await _process.StandardError.ReadToEndAsync(ScriptedPeer.Limit));
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(ScriptedPeer.Limit);
        }

        _process.Dispose();
    }

    private static async Task<bool> RunsAsync()
    {
        using Process process = Run(["-c", "import Cryptodome"]);
        await process.WaitForExitAsync(ScriptedPeer.Limit);
        return process.ExitCode == 0;
    }

    private static Process Run(string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }
}
