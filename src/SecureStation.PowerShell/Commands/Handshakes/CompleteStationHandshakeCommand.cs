using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Commands;

/// <summary>Complete-StationHandshake: makes a session of a handshake whose messages are through.</summary>
[Cmdlet(VerbsLifecycle.Complete, "StationHandshake", DefaultParameterSetName = DetachedSet)]
[OutputType(typeof(StationSession))]
public sealed class CompleteStationHandshakeCommand : StationCmdlet
{
    private const string DetachedSet = "Detached";
    private const string StreamSet = "Stream";

    /// <summary>The handshake.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<ManualHandshake>))]
    public ManualHandshake? Handshake { get; set; }

    /// <summary>The connection on which the session goes on, with Welcome first; to be read alone where -OutputStream is given.</summary>
    [Parameter(ParameterSetName = StreamSet, Mandatory = true)]
    [ValidateNotNull]
    public Stream? Stream { get; set; }

    /// <summary>Where to write, where that is another stream.</summary>
    [Parameter(ParameterSetName = StreamSet)]
    [ValidateNotNull]
    public Stream? OutputStream { get; set; }

    /// <summary>How long to wait for the peer's Welcome.</summary>
    [Parameter(ParameterSetName = StreamSet)]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Handshake;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == DetachedSet)
        {
            WriteObject(Handshake!.Complete());
            return;
        }

        if (Handshake is not ManualStationHandshake station)
        {
            throw new StationException(StationFault.InvalidArgument, "Over a stream the station protocol follows, so the handshake must be the station's own, not raw Noise.");
        }

        var transport = new StreamTransport(Stream!, OutputStream ?? Stream!);
        StationSession session = Await(
            token => station.CompleteAsync(transport, cancellationToken: token),
            Deadline.After(TimeoutSec),
            "The peer's Welcome did not come",
            abandoned: late => late.Abort());
        StationRegistry.Current.Add(session);
        WriteObject(session);
    }
}
