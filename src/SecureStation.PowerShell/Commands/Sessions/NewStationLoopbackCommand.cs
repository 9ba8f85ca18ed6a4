using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport.Faults;

namespace SecureStation.Commands;

/// <summary>New-StationLoopback: two sessions that are connected with each other in memory.</summary>
[Cmdlet(VerbsCommon.New, "StationLoopback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationLoopback))]
public sealed class NewStationLoopbackCommand : KeyStoreCmdlet
{
    // The core's own deadline comes first: its error says what was waited for.
    private const double Grace = 1;

    /// <summary>The identity of the left end, which plays the initiator.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? LeftKeyPair { get; set; }

    /// <summary>The identity of the right end, which plays the responder.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? RightKeyPair { get; set; }

    /// <summary>The passphrase of named key pairs.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>The suite.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    public string? Suite { get; set; }

    /// <summary>What goes wrong on purpose between the two ends: <c>@{ Fault = 'Corrupt'; From = 'Initiator'; Message = 2 }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public FaultRule[]? FaultPlan { get; set; }

    /// <summary>How long the handshake may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (!ShouldProcess("two sessions in memory", "Connect"))
        {
            return;
        }

        StationKeyPair? left = OpenKeyPair(LeftKeyPair, Passphrase);
        StationKeyPair? right = OpenKeyPair(RightKeyPair, Passphrase);
        StationLimits limits = StationLimits.Default with { HandshakeTimeout = Deadline.After(TimeoutSec).Remaining };
        StationLoopback loopback = Await(
            token => StationLoopback.CreateAsync(left, right, Suite, limits, FaultPlan, token),
            Deadline.After(TimeoutSec < 0 ? TimeoutSec : TimeoutSec + Grace),
            "The two ends did not shake hands",
            abandoned: late =>
            {
                late.Left.Abort();
                late.Right.Abort();
            });
        StationRegistry.Current.Add(loopback.Left);
        StationRegistry.Current.Add(loopback.Right);
        WriteObject(loopback);
    }
}
