using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Requests;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Invoke-StationRequest: asks a handler of the peer's, and writes its results as they come.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "StationRequest")]
[OutputType(typeof(object))]
public sealed class InvokeStationRequestCommand : StationCmdlet
{
    // Asked, and not yet written; in the order in which they were asked.
    private readonly Queue<Asked> _asked = new();
    private Func<bool>? _isStopping;
    private bool _hasWarned;

    /// <summary>The sessions whose peers are asked.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationSession[] Session { get; set; } = [];

    /// <summary>The name of the handler.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What the handler is given: text, bytes or an object. From the pipeline: a request each.</summary>
    [Parameter(Position = 2, ValueFromPipeline = true)]
    [System.Management.Automation.AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Argument { get; set; }

    /// <summary>How many levels of the argument are kept as what they are; deeper ones as text.</summary>
    [Parameter]
    [ValidateRange(0, ObjectBody.MaxDepth - 1)]
    public int Depth { get; set; } = ObjectBody.DefaultDepth;

    /// <summary>How many requests are on their way at once.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>How long each request may take, with all its results.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void BeginCommand() => _isStopping = () => StopToken.IsCancellationRequested;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (!RequestHandlers.IsValidName(Name))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{Name}' can be no handler's name: that is 1 to {RequestHandlers.MaxNameLength} letters and digits, with . _ - / between them.");
        }

        if (!TryReadArgument(out RequestValue? argument))
        {
            return;
        }

        foreach (StationSession session in Session)
        {
            WriteResults(ThrottleLimit - 1);
            try
            {
                Ask(session, argument);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, session);
            }
        }

        WriteResults(ThrottleLimit);
    }

    /// <inheritdoc/>
    protected override void EndCommand() => WriteResults(0);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Stopped: whoever still works for us is told.
            foreach (Asked asked in _asked)
            {
                asked.Call.Dispose();
            }

            _asked.Clear();
        }

        base.Dispose(disposing);
    }

    private void Ask(StationSession session, RequestValue? argument)
    {
        SecureSession secure = StationHandlers.Require(session);
        Deadline deadline = Deadline.After(TimeoutSec);
        RequestCall call = Await(
            token => SessionRequests.Of(secure).CallAsync(Name, argument, token), deadline, "The peer did not take what was sent before", abandoned: static late => late.Dispose());
        _asked.Enqueue(new Asked(call, deadline));
    }

    // What has come of the first is written at once; with more of them open than these, the first is waited for.
    private void WriteResults(int open)
    {
        while (_asked.TryPeek(out Asked? first) && (_asked.Count > open || first.HasNews))
        {
            try
            {
                while (WriteNext(first))
                {
                    if (_asked.Count <= open && !first.HasNews)
                    {
                        return;
                    }
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, first.Call.Name);
            }

            _asked.Dequeue();
            first.Call.Dispose();
        }
    }

    private bool WriteNext(Asked asked)
    {
        RequestValue? value = Await(
            token =>
            {
                Task<RequestValue?> next = asked.TakeNext();
                return next.IsCompleted ? next : next.WaitAsync(token);
            },
            asked.Deadline,
            string.Create(CultureInfo.InvariantCulture, $"The peer did not answer the request '{Name}'"));
        if (value is null)
        {
            return false;
        }

        asked.Next = null;
        if (RequestValues.TryRead(value.Value, out object? read))
        {
            WriteObject(read);
        }
        else
        {
            WriteFailure(new StationException(StationFault.MalformedBody, "A result of the peer's is not what its kind says."), asked.Call.Name);
        }

        return true;
    }

    private bool TryReadArgument(out RequestValue? argument)
    {
        argument = null;
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Argument)))
        {
            return true;
        }

        if (Argument is byte or PSObject { BaseObject: byte } && MyInvocation.ExpectingInput)
        {
            ThrowTerminatingError(StationErrors.Record(
                "A single byte came down the pipeline: PowerShell has taken an array apart. Nothing of it was taken.", StationErrors.UnrolledBytes, Argument));
        }

        try
        {
            argument = RequestValues.From(Argument, Depth, _isStopping!, out string? warning);
            if (warning is not null && !_hasWarned)
            {
                _hasWarned = true;
                WriteWarning(warning);
            }

            return true;
        }
        catch (SecretException refused)
        {
            WriteError(StationErrors.Record(refused, StationErrors.SecretRefused, Argument));
            return false;
        }
    }

    /// <summary>A request on its way, and the read of its next result.</summary>
    private sealed class Asked(RequestCall call, Deadline deadline)
    {
        public RequestCall Call => call;

        public Deadline Deadline => deadline;

        public Task<RequestValue?>? Next { get; set; }

        public bool HasNews => TakeNext().IsCompleted;

        public Task<RequestValue?> TakeNext() => Next ??= call.ReadAsync(CancellationToken.None);
    }
}
