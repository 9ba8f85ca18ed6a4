using System.Management.Automation;
using System.Security;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>New-StationLoopback: two sessions that are connected with each other in memory.</summary>
[Cmdlet(VerbsCommon.New, "StationLoopback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationLoopback))]
public sealed class NewStationLoopbackCommand : KeyStoreCmdlet
{
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
    public string Suite { get; set; } = StationSuite.Default;

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
        StationLoopback loopback = Await(
            token => StationLoopback.CreateAsync(left, right, Suite, cancellationToken: token),
            Deadline.After(TimeoutSec),
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
