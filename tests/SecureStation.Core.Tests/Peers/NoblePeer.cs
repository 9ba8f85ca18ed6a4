using System.Diagnostics;

namespace SecureStation.Core.Tests.Peers;

/// <summary>
/// A run of noble_peer.mjs, a Noise peer over npm's @noble packages. They are installed beside the tests' assembly by the first test that needs them.
/// Nothing here waits longer than <see cref="s_patience"/>.
/// </summary>
internal sealed class NoblePeer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly NodePackages s_packages = new("noble", Path.Combine("@noble", "post-quantum"));

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
        s_packages.SkipIfMissing();
        return new NoblePeer(s_packages.Run("node", "noble_peer.mjs", settings));
    }

    /// <summary>The bytes of its next message, without the mark that its line begins with.</summary>
    public async Task<byte[]> ReadAsync(string mark = "")
    {
        string line = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? throw new EndOfStreamException($"The peer ended: {await _errors.WaitAsync(s_patience)}");
        Assert.StartsWith(mark, line, StringComparison.Ordinal);
        return Convert.FromHexString(line[mark.Length..]);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> message)
    {
        await _process.StandardInput.WriteLineAsync(Convert.ToHexStringLower(message.Span)).WaitAsync(s_patience);
        await _process.StandardInput.FlushAsync().WaitAsync(s_patience);
    }

    /// <summary>Waits for its end, which is good only where it was content with all that came.</summary>
    public async Task<bool> FinishAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode == 0 ? true : throw new InvalidOperationException($"The peer failed: {await _errors.WaitAsync(s_patience)}");
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
}
