using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Requests;

namespace SecureStation.Commands;

/// <summary>Unregister-StationHandler: answers requests of a name no longer.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "StationHandler", DefaultParameterSetName = HandlerSet, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterStationHandlerCommand : StationCmdlet
{
    private const string HandlerSet = "Handler";
    private const string ListenerSet = "Listener";
    private const string SessionSet = "Session";

    /// <summary>The handlers, as Get-StationHandler writes them.</summary>
    [Parameter(ParameterSetName = HandlerSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<StationHandler>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationHandler[] Handler { get; set; } = [];

    /// <summary>The names, with wildcards.</summary>
    [Parameter(ParameterSetName = ListenerSet, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.HandlerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Name { get; set; } = [];

    /// <summary>The listener whose handler it is.</summary>
    [Parameter(ParameterSetName = ListenerSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>The session whose handler it is.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == HandlerSet)
        {
            Remove(Handler);
            return;
        }

        StationHandler[] all = [.. Listener is not null ? StationHandlers.Of(Listener) : StationHandlers.Of(Session!)];
        foreach (string name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            StationHandler[] matches = [.. all.Where(one => pattern.IsMatch(one.Name))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"There is no handler '{name}' there.") { Subject = StationSubject.Handler }, name);
            }

            Remove(matches);
        }
    }

    private void Remove(IEnumerable<StationHandler> handlers)
    {
        foreach (StationHandler handler in handlers)
        {
            if (ShouldProcess(handler.ToString(), "Answer no more requests, and stop those that run") && !handler.Remove())
            {
                WriteFailure(new StationException(StationFault.NotFound, $"The handler '{handler.Name}' was unregistered before.") { Subject = StationSubject.Handler }, handler);
            }
        }
    }
}
