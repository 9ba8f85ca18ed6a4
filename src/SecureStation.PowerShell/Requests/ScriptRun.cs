using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SecureStation.Core;
using SecureStation.Core.Requests;
using SecureStation.Serialization;

namespace SecureStation.Requests;

/// <summary>
/// One request in one runspace. Results are sent from the pipeline's own thread, which waits where the asker has no room: a script cannot run ahead of
/// whoever reads it. Of the other streams nothing is kept but the first error.
/// </summary>
internal sealed class ScriptRun : IDisposable
{
    private readonly PowerShell _powershell = PowerShell.Create();
    private readonly PSDataCollection<PSObject> _output = new();
    private readonly IncomingRequest _request;
    private readonly int _depth;
    private readonly Func<bool> _isStopping;
    private Exception? _failure;
    private ErrorRecord? _firstError;

    public ScriptRun(HandlerEnvironment environment, Runspace runspace, StationRequest shown, IncomingRequest request, int depth)
    {
        _request = request;
        _depth = depth;
        _isStopping = () => request.CancellationToken.IsCancellationRequested;
        runspace.SessionStateProxy.SetVariable("request", shown);
        _powershell.Runspace = runspace;
        _powershell.AddScript(environment.Script, useLocalScope: true).AddArgument(shown);
        if (environment.Using.Count > 0)
        {
            // The engine's name for them.
            _powershell.AddParameter("--%", environment.Using.ToDictionary(static one => one.Key, static one => one.Value));
        }

        _output.DataAdded += (_, _) => SendOutput();
        PSDataStreams streams = _powershell.Streams;
        streams.Error.DataAdded += (_, _) => KeepFirst(streams.Error.ReadAll());
        streams.Warning.DataAdded += (_, _) => streams.Warning.Clear();
        streams.Verbose.DataAdded += (_, _) => streams.Verbose.Clear();
        streams.Debug.DataAdded += (_, _) => streams.Debug.Clear();
        streams.Information.DataAdded += (_, _) => streams.Information.Clear();
        streams.Progress.DataAdded += (_, _) => streams.Progress.Clear();
    }

    /// <summary>Runs the script to its end.</summary>
    /// <exception cref="RequestFailedException">It threw, or wrote an error.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, as nobody waits any more.</exception>
    public async Task RunAsync()
    {
        using var input = new PSDataCollection<PSObject>();
        input.Complete();
        try
        {
            IAsyncResult running = _powershell.BeginInvoke(input, _output);

            // Only now: a pipeline that was not begun cannot be stopped.
            await using (_request.CancellationToken.Register(Stop))
            {
                await Task.Factory.FromAsync(running, _powershell.EndInvoke).ConfigureAwait(false);
            }
        }
        catch (Exception ended) when (ended is PipelineStoppedException || _failure is not null)
        {
            _request.CancellationToken.ThrowIfCancellationRequested();
            throw _failure ?? new RequestFailedException("PipelineStopped", nameof(ErrorCategory.OperationStopped), "The handler was stopped.");
        }
        catch (RuntimeException thrown)
        {
            throw ErrorText.ToFailure(thrown.ErrorRecord);
        }

        _request.CancellationToken.ThrowIfCancellationRequested();
        if (_failure is not null)
        {
            throw _failure;
        }

        if (_firstError is not null)
        {
            throw ErrorText.ToFailure(_firstError);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _powershell.Dispose();
        _output.Dispose();
    }

    private void SendOutput()
    {
        foreach (PSObject? value in _output.ReadAll())
        {
            if (_failure is not null || _isStopping())
            {
                return; // what is on its way to a pipeline that is being stopped
            }

            try
            {
                _request.WriteAsync(RequestValues.From(value, _depth, _isStopping, out _)).GetAwaiter().GetResult();
            }
            catch (SecretException refused)
            {
                Fail(new RequestFailedException(StationErrors.SecretRefused.Id, StationErrors.SecretRefused.Category.ToString(), refused.Message));
            }
            catch (StationException failure) when (failure.Fault == StationFault.InvalidArgument)
            {
                Fail(new RequestFailedException(failure.Fault.ToString(), nameof(ErrorCategory.InvalidArgument), failure.Message));
            }
            catch (Exception failure) when (failure is StationException or OperationCanceledException)
            {
                // Too large, the session's end, or nobody waits: the script need not go on.
                Fail(failure);
            }
        }
    }

    private void Fail(Exception failure)
    {
        _failure = failure;
        Stop();
    }

    // Never waited for: this may be the pipeline's own thread.
    private void Stop() => _ = StopAsync();

    private async Task StopAsync()
    {
        try
        {
            await Task.Factory.FromAsync(_powershell.BeginStop, _powershell.EndStop, state: null).ConfigureAwait(false);
        }
        catch (Exception over) when (over is ObjectDisposedException or InvalidOperationException or PSInvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    private void KeepFirst(IEnumerable<ErrorRecord> records) => _firstError ??= records.FirstOrDefault();
}
