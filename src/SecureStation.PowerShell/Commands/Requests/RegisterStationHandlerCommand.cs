using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;
using SecureStation.Requests;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Register-StationHandler: answers requests of one name by a script block, in the background.</summary>
[Cmdlet(VerbsLifecycle.Register, "StationHandler", DefaultParameterSetName = ListenerSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationHandler))]
public sealed class RegisterStationHandlerCommand : StationCmdlet
{
    private const string ListenerSet = "Listener";
    private const string SessionSet = "Session";

    /// <summary>The listener in whose sessions it answers.</summary>
    [Parameter(ParameterSetName = ListenerSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>The one session in which it answers.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The name by which it is asked.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What answers: it gets the request as its first argument, and writes the results.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Who may ask: names in the trust store, records, or fingerprints. Without it, whoever has a session and the capability.</summary>
    [Parameter(ParameterSetName = ListenerSet)]
    [PeerSource]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public PeerReference[] Peer { get; set; } = [];

    /// <summary>The trust store in which names of -Peer are looked up; the listener's where none is given.</summary>
    [Parameter(ParameterSetName = ListenerSet)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    /// <summary>Variables that the script block finds, by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <summary>Modules that are imported for it, names or paths.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Module { get; set; } = [];

    /// <summary>How many levels of a result are kept as what they are; deeper ones as text.</summary>
    [Parameter]
    [ValidateRange(0, ObjectBody.MaxDepth - 1)]
    public int Depth { get; set; } = ObjectBody.DefaultDepth;

    /// <summary>How many requests run at once; more wait.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int MaxRequests { get; set; } = new RequestLimits().MaxRunning;

    /// <summary>How many of them are one peer's.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int MaxRequestsPerPeer { get; set; } = new RequestLimits().MaxRunningPerPeer;

    /// <summary>How long a request may run, the time included in which the asker takes no results.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = new RequestLimits().Timeout.TotalSeconds;

    /// <summary>Takes the place of a handler of that name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the handler.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        RequestHandlers owner = Session is null ? Listener!.Handlers : SessionRequests.Of(StationHandlers.Require(Session)).Handlers;
        if (!RequestHandlers.IsValidName(Name))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{Name}' can be no handler's name: that is 1 to {RequestHandlers.MaxNameLength} letters and digits, with . _ - / between them.");
        }

        if (TimeoutSec == 0)
        {
            throw new StationException(StationFault.InvalidArgument, "A handler needs some time; -TimeoutSec -1 gives it all.");
        }

        if (!Force && owner.All.Any(one => string.Equals(one.Name, Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new StationException(StationFault.AlreadyExists, $"There is a handler '{Name}' already.") { Subject = StationSubject.Handler };
        }

        IReadOnlyList<Fingerprint> peers = [.. Peer.Select(FingerprintOf)];
        if (!ShouldProcess($"{Name} on {Listener?.Id ?? Session!.Id}", peers.Count == 0 ? "Answer requests" : $"Answer requests of {string.Join(", ", peers)}"))
        {
            return;
        }

        HandlerEnvironment environment = HandlerEnvironment.Of(this, ScriptBlock!, Variable, Module);
        var limits = new RequestLimits { MaxRunning = MaxRequests, MaxRunningPerPeer = MaxRequestsPerPeer, Timeout = Deadline.After(TimeoutSec).Remaining };

        // Importing modules may take a while, which Ctrl+C need not wait for.
        ScriptHandler handler = Compute(() => new ScriptHandler(environment, peers, Depth));
        RequestRegistration registration = owner.Add(Name, handler, limits, Force);
        if (PassThru)
        {
            WriteObject(Session is null ? new StationHandler(Listener!, registration) : new StationHandler((SecureSession)Session, registration));
        }
    }

    private Fingerprint FingerprintOf(PeerReference peer)
    {
        if (peer.Record is { } record)
        {
            return record.Fingerprint;
        }

        if (peer.Name!.StartsWith("SHA256:", StringComparison.OrdinalIgnoreCase))
        {
            return Fingerprint.Parse(peer.Name);
        }

        ITrustStore store = TrustStore is not null
            ? new FileTrustStore(PathResolver.Unresolved(this, TrustStore))
            : Listener!.Options.Trust.Store ?? new FileTrustStore(FileTrustStore.DefaultDirectory);
        return peer.Resolve(store).Fingerprint;
    }
}
