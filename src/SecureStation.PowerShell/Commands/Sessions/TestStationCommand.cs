using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Test-Station: whether a station answers at an address; with -Detailed stage by stage, and with which key. It trusts nothing and sends no message.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Station")]
[OutputType(typeof(bool), typeof(StationProbeReport))]
public sealed class TestStationCommand : SessionCmdlet
{
    // The core's own deadline comes first: its report says the stage.
    private const double Grace = 1;

    /// <summary>The listener's host name or address.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "";

    /// <summary>The listener's port.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The fingerprint of the key that must answer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The name of the peer whose key must answer.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public string? Peer { get; set; }

    /// <summary>The suite to ask for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    public string Suite { get; set; } = StationSuite.Default;

    /// <summary>How long all stages may take together.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 10;

    /// <summary>Writes the report instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.Create(CultureInfo.InvariantCulture, $"{HostName}:{Port}");

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        var options = new StationClientOptions
        {
            Host = HostName,
            Port = Port,
            KeyPair = OpenKeyPair(KeyPair, Passphrase),
            Trust = new ClientTrust
            {
                Store = OpenTrustStore(),
                Address = PeerAddress.Format(HostName, Port),
                ExpectedFingerprint = Fingerprint,
                PeerName = Peer,
            },
            Suite = Suite,
            Limits = StationLimits.Default with { HandshakeTimeout = Deadline.After(TimeoutSec).Remaining },
        };
        StationProbeReport report = Await(
            token => Task.Run(() => StationProbe.ProbeAsync(options, token), token),
            Deadline.After(TimeoutSec < 0 ? TimeoutSec : TimeoutSec + Grace),
            $"{ErrorTarget} could not be tested");
        foreach (ProbeStage stage in report.Stages)
        {
            WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: {stage.Result} in {stage.Milliseconds} ms. {stage.Detail}"));
        }

        WriteObject(Detailed ? report : report.IsAnswering);
    }
}
