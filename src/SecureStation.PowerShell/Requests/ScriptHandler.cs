using System.Management.Automation.Runspaces;
using SecureStation.Core.Keys;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;

namespace SecureStation.Requests;

/// <summary>A handler that is a script block.</summary>
/// <param name="environment">The script, and what it finds where it runs.</param>
/// <param name="peers">Who may ask; empty: whoever has a session.</param>
/// <param name="depth">How deep its results are sent.</param>
internal sealed class ScriptHandler(HandlerEnvironment environment, IReadOnlyList<Fingerprint> peers, int depth) : IRequestHandler
{
    private readonly HandlerRunspaces _runspaces = new(environment);

    /// <summary>Who may ask; empty: whoever has a session.</summary>
    public IReadOnlyList<Fingerprint> Peers => peers;

    /// <summary>The script, and what it finds where it runs.</summary>
    public HandlerEnvironment Environment => environment;

    /// <inheritdoc/>
    public bool Admits(StationSession session) => peers.Count == 0 || (session.RemotePublicKey is { } key && peers.Contains(key.Fingerprint));

    /// <inheritdoc/>
    public async Task RunAsync(IncomingRequest request)
    {
        object? argument = null;
        if (request.Argument is { } given && !RequestValues.TryRead(given, out argument))
        {
            throw new RequestFailedException("MalformedBody", "InvalidData", "The argument is not what its kind says.");
        }

        Runspace runspace = _runspaces.Rent();
        try
        {
            using var run = new ScriptRun(environment, runspace, new StationRequest(request, argument), request, depth);
            await run.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _runspaces.Return(runspace);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _runspaces.Dispose();
}
