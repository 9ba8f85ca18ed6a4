using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Storage;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Connect-Station: connects to a listener, by invitation or by address, and shakes hands.</summary>
[Cmdlet(VerbsCommunications.Connect, "Station", DefaultParameterSetName = InvitationSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationSession))]
public sealed class ConnectStationCommand : ProtocolCmdlet
{
    private const string InvitationSet = "Invitation";
    private const string InvitationPathSet = "InvitationPath";
    private const string HostNameSet = "HostName";

    // The core's own deadline comes first: its error says the stage.
    private const double Grace = 1;

    // What comes by pipeline is mandatory in none of the sets, or PowerShell would settle on one set before it sees what comes: a listener,
    // a string, or a row with HostName and Port. So ProcessInput looks whether it is there, and nothing is ever asked for at a prompt.

    /// <summary>The invitation, as object or URI; or a listener, whose invitation is taken.</summary>
    [Parameter(ParameterSetName = InvitationSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [InvitationSource]
    [AllowNull]
    public InvitationReference? Invitation { get; set; }

    /// <summary>The file that holds the invitation.</summary>
    [Parameter(ParameterSetName = InvitationPathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string InvitationPath { get; set; } = "";

    /// <summary>The listener's host name or address.</summary>
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "";

    /// <summary>The listener's port.</summary>
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The fingerprint of the key that must answer.</summary>
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The name of the peer whose key must answer.</summary>
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public string? Peer { get; set; }

    /// <summary>What to speak.</summary>
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ProtocolCompleter))]
    public string Protocol { get; set; } = StationProtocols.Station.Name;

    /// <summary>What to be called in an old chat; the user's name on this machine where none is given.</summary>
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNullOrEmpty]
    public string? DisplayName { get; set; }

    /// <summary>What to do about a key that is neither named nor pinned.</summary>
    [Parameter]
    public TrustMode TrustMode { get; set; } = TrustMode.Strict;

    /// <summary>The suite.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    public string Suite { get; set; } = StationSuite.Default;

    /// <summary>The largest message that is taken, in bytes.</summary>
    [Parameter]
    [ValidateRange(1, 1 << 30)]
    public int MaxMessageSize { get; set; } = StationLimits.Default.MaxMessageSize;

    /// <summary>How long connecting and shaking hands may take together.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        InvitationSet => Invitation,
        InvitationPathSet => InvitationPath,
        _ => string.Create(CultureInfo.InvariantCulture, $"{HostName}:{Port}"),
    };

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IStationProtocol protocol = FindProtocols(Protocol)[0];
        if (!protocol.IsSecure && (Fingerprint is not null || Peer is not null))
        {
            throw new StationException(StationFault.InvalidArgument, $"{protocol.Name} authenticates nobody: -Fingerprint and -Peer cannot be checked.");
        }

        // An -Invitation that the script holds stays the script's; one read here lives as long as the call.
        StationInvitation? invitation = ParameterSetName switch
        {
            InvitationSet => Invitation?.Resolve() ?? throw NoInvitation(),
            InvitationPathSet => ReadInvitation(),
            _ => null,
        };
        if (ParameterSetName == HostNameSet && (HostName.Length == 0 || Port == 0))
        {
            throw new StationException(StationFault.InvalidArgument, "A listener is reached at -HostName and -Port; one of them is missing.");
        }

        if (!ShouldProcess(invitation?.Address ?? PeerAddress.Format(HostName, Port), Action(invitation)))
        {
            return;
        }

        var options = new StationClientOptions
        {
            Host = HostName,
            Port = Port,
            KeyPair = OpenKeyPair(KeyPair, Passphrase),
            Trust = new ClientTrust
            {
                Mode = TrustMode,
                Store = OpenTrustStore(),
                Address = invitation?.Address ?? PeerAddress.Format(HostName, Port),
                ExpectedFingerprint = Fingerprint,
                PeerName = Peer,
                Invitation = invitation,
            },
            Suite = Suite,
            Protocol = protocol,
            Legacy = ToLegacyOptions(DisplayName),
            Limits = StationLimits.Default with { HandshakeTimeout = Deadline.After(TimeoutSec).Remaining, MaxMessageSize = MaxMessageSize },
        };
        StationSession session = Await(
            token => Task.Run(() => StationClient.ConnectAsync(options, token), token),
            Deadline.After(TimeoutSec < 0 ? TimeoutSec : TimeoutSec + Grace),
            $"{ErrorTarget} did not answer",
            abandoned: late => late.Abort());
        StationRegistry.Current.Add(session);
        WriteObject(session);
    }

    // What else than the connection comes of it: a pin in the trust store. Of an invitation that is so where both keys last.
    private string Action(StationInvitation? invitation) =>
        invitation is { IsTemporary: false } && (KeyPair?.Name is not null || KeyPair?.KeyPair is { IsStored: true }) ? $"Connect, and pin the key {invitation.Fingerprint} of the invitation"
        : invitation is null && TrustMode == TrustMode.FirstUse ? "Connect, and pin the key that answers if none is pinned yet"
        : "Connect";

    // A listener has none any more when its first has been used.
    private static StationException NoInvitation() =>
        new(StationFault.InvitationUsed, "There is no invitation: none was given, or the listener's has been used, or the listener has stopped. Make another: New-StationInvitation -Listener $listener.");

    private StationInvitation ReadInvitation()
    {
        string file = PathResolver.Existing(this, InvitationPath, isLiteral: true)[0];
        using var reader = new StreamReader(RegularFile.OpenRead(file));
        var text = new char[StationInvitation.MaxLength + 2];
        int length = reader.ReadBlock(text);
        return StationInvitation.Parse(new string(text, 0, length));
    }
}
