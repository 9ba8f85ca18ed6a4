using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SecureStation.Core;

namespace SecureStation.Requests;

/// <summary>
/// The runspaces of one handler: each request has one to itself. Those that are free are kept for the next, a few of them, with variables, location and
/// events as they were at first. How many there are at once is bounded by how many requests run.
/// </summary>
internal sealed class HandlerRunspaces : IDisposable
{
    private const int MaxIdle = 8;

    private readonly HandlerEnvironment _environment;
    private readonly Stack<Runspace> _idle = new();
    private bool _isDisposed;

    /// <summary>Opens the first one, so that a module that cannot be imported is found now.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a module could not be imported.</exception>
    public HandlerRunspaces(HandlerEnvironment environment)
    {
        _environment = environment;
        _idle.Push(Open());
    }

    /// <summary>One that nobody else has.</summary>
    public Runspace Rent()
    {
        lock (_idle)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_idle.TryPop(out Runspace? runspace))
            {
                return runspace;
            }
        }

        return Open();
    }

    /// <summary>Takes one back whose pipeline has ended.</summary>
    public void Return(Runspace runspace)
    {
        if (TryReset(runspace))
        {
            lock (_idle)
            {
                if (!_isDisposed && _idle.Count < MaxIdle)
                {
                    _idle.Push(runspace);
                    return;
                }
            }
        }

        runspace.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Runspace[] idle;
        lock (_idle)
        {
            _isDisposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (Runspace runspace in idle)
        {
            runspace.Dispose();
        }
    }

    private Runspace Open()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.LanguageMode = _environment.LanguageMode;
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule([.. _environment.Modules]);
        foreach ((string name, object? value) in _environment.Variables)
        {
            state.Variables.Add(new SessionStateVariableEntry(name, value, description: null));
        }

        Runspace runspace = RunspaceFactory.CreateRunspace(state);
        try
        {
            runspace.ThreadOptions = PSThreadOptions.ReuseThread;
            runspace.Name = "SecureStation handler";
            runspace.Open();
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_environment.Location));
            return runspace;
        }
        catch (RuntimeException failed)
        {
            runspace.Dispose();
            throw new StationException(StationFault.InvalidArgument, $"The handler's runspace could not be opened: {failed.Message}", failed);
        }
    }

    private bool TryReset(Runspace runspace)
    {
        try
        {
            runspace.ResetRunspaceState();
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_environment.Location));
            return runspace.RunspaceStateInfo.State == RunspaceState.Opened;
        }
        catch (Exception failed) when (failed is RuntimeException or InvalidOperationException or PSInvalidOperationException)
        {
            // The folder is gone, or the runspace was left in another state: the next request gets a fresh one.
            return false;
        }
    }
}
