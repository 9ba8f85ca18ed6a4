using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Test-Station: whether a station answers at an address; with -Detailed stage by stage, and with which key. It trusts nothing and sends no message.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Station")]
[OutputType(typeof(bool), typeof(StationProbeReport))]
public sealed class TestStationCommand : SessionCmdlet
{
    // The core's own deadline comes first: its report says the stage.
    private const double Grace = 1;

    // Neither is mandatory: a peer has addresses, and nothing is ever asked for at a prompt.

    /// <summary>The listener's host name or address, also as host:port; or unix:PATH for its Unix socket, pipe:NAME for its named pipe.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerAddressCompleter))]
    public string HostName { get; set; } = "";

    /// <summary>The listener's port.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The fingerprint of the key that must answer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The peer whose key must answer, a name or a record; without -HostName it is looked for at its addresses.</summary>
    [Parameter(ValueFromPipeline = true)]
    [PeerSource]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public PeerReference? Peer { get; set; }

    /// <summary>The suites to ask for, by a connection each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Suite { get; set; } = [StationSuite.Default.Name];

    /// <summary>The proxy to connect through: socks5://host:port or http://host:port. Host names go to it as they are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ProxyCompleter))]
    public string? Proxy { get; set; }

    /// <summary>The login at the proxy. It goes there in clear.</summary>
    [Parameter]
    [ValidateNotNull]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>How long all stages of a connection may take together.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 10;

    /// <summary>Writes a report for each suite instead of true or false.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => HostName.Length == 0 ? Peer : StationTarget.Describe(HostName, Port);

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        FileTrustStore store = OpenTrustStore(Peer?.Directory);
        PeerRecord? peer = Peer?.Resolve(store);
        IReadOnlyList<StationAddress> targets = StationTarget.Find(this, HostName, Port, peer);
        IConnectionDialer dialer = ProxyParameters.Dialer(Proxy, ProxyCredential);
        StationKeyPair? keyPair = OpenKeyPair(KeyPair, Passphrase);
        foreach (string suite in Suite)
        {
            StationSuite.Parse(suite);
        }

        bool isAnswering = true;
        foreach (string suite in Suite)
        {
            StationProbeReport report = Probe(targets, dialer, store, peer, keyPair, suite);
            isAnswering &= report.IsAnswering;
            if (Detailed)
            {
                WriteObject(report);
            }
        }

        if (!Detailed)
        {
            WriteObject(isAnswering);
        }
    }

    /// <summary>A peer answers if it does at one of its addresses.</summary>
    private StationProbeReport Probe(
        IReadOnlyList<StationAddress> targets, IConnectionDialer dialer, FileTrustStore store, PeerRecord? peer, StationKeyPair? keyPair, string suite)
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        StationProbeReport? report = null;
        for (int i = 0; i < targets.Count && report is not { IsAnswering: true }; i++)
        {
            StationAddress target = targets[i];
            double seconds = targets.Count == 1 ? TimeoutSec : deadline.ShareOf(targets.Count - i);
            var options = new StationClientOptions
            {
                Address = target,
                Dialer = dialer,
                KeyPair = keyPair,
                Trust = new ClientTrust
                {
                    Store = store,
                    Address = target.ToString(),

                    // A record from the pipeline brings its fingerprint too, by its name.
                    ExpectedFingerprint = Fingerprint == peer?.Fingerprint ? null : Fingerprint,
                    PeerKey = peer?.Fingerprint,
                },
                Suite = suite,
                Limits = StationLimits.Default with { HandshakeTimeout = Deadline.After(seconds).Remaining },
            };
            report = Await(
                token => Task.Run(() => StationProbe.ProbeAsync(options, token), token),
                Deadline.After(seconds < 0 ? seconds : seconds + Grace),
                $"{target} could not be tested");
            WriteStages(report);
        }

        return report!;
    }

    private void WriteStages(StationProbeReport report)
    {
        foreach (ProbeStage stage in report.Stages)
        {
            WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: {stage.Result} in {stage.Milliseconds} ms. {stage.Detail}"));
        }
    }
}
