using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Requests;

namespace SecureStation.Commands;

/// <summary>Get-StationHandler: the handlers of requests of this process.</summary>
[Cmdlet(VerbsCommon.Get, "StationHandler", DefaultParameterSetName = AllSet)]
[OutputType(typeof(StationHandler))]
public sealed class GetStationHandlerCommand : StationCmdlet
{
    private const string AllSet = "All";
    private const string ListenerSet = "Listener";
    private const string SessionSet = "Session";

    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.HandlerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The listener whose handlers are wanted.</summary>
    [Parameter(ParameterSetName = ListenerSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>The session whose own handlers are wanted.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        StationHandler[] all = [.. Listener is not null ? StationHandlers.Of(Listener) : Session is not null ? StationHandlers.Of(Session) : StationHandlers.All()];
        foreach (string name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            StationHandler[] matches = [.. all.Where(one => pattern.IsMatch(one.Name))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"There is no handler '{name}'.") { Subject = StationSubject.Handler }, name);
            }

            WriteObject(matches, enumerateCollection: true);
        }
    }
}
