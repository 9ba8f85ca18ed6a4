using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;
using SecureStation.Core.Storage;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Connect-Station: connects to a listener, by invitation or by address, and shakes hands.</summary>
[Cmdlet(VerbsCommunications.Connect, "Station", DefaultParameterSetName = InvitationSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationSession))]
public sealed partial class ConnectStationCommand : ProtocolCmdlet
{
    private const string InvitationSet = "Invitation";
    private const string InvitationPathSet = "InvitationPath";
    private const string HostNameSet = "HostName";

    // The core's own deadline comes first: its error says the stage.
    private const double Grace = 1;

    // What comes by pipeline is mandatory in none of the sets, or PowerShell would settle on one set before it sees what comes: a listener,
    // a string, or a row with HostName and Port. So ProcessInput looks whether it is there, and nothing is ever asked for at a prompt.

    /// <summary>The invitation, as object or URI; or a listener, whose invitation is taken. A text that is none, host or host:port, is taken as -HostName.</summary>
    [Parameter(ParameterSetName = InvitationSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [InvitationSource]
    [AllowNull]
    public InvitationReference? Invitation { get; set; }

    /// <summary>The file that holds the invitation.</summary>
    [Parameter(ParameterSetName = InvitationPathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string InvitationPath { get; set; } = "";

    /// <summary>The listener's host name or address, also as host:port; or unix:PATH for its Unix socket, pipe:NAME for its named pipe.</summary>
    [Parameter(ParameterSetName = HostNameSet, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [HostText]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerAddressCompleter))]
    public string HostName { get; set; } = "";

    // In the set of invitations too, so that "Connect-Station host 7700" binds there, where every text by position goes.

    /// <summary>The listener's port.</summary>
    [Parameter(ParameterSetName = HostNameSet, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = InvitationSet, Position = 1)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The fingerprint of the key that must answer.</summary>
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The peer whose key must answer, a name or a record; without -HostName it is called at its addresses.</summary>
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipeline = true)]
    [PeerSource]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public PeerReference? Peer { get; set; }

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

    /// <summary>The suite; without it the hybrid, for an invitation where that says that the listener takes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    public string? Suite { get; set; }

    /// <summary>The largest message that is taken, in bytes.</summary>
    [Parameter]
    [ValidateRange(1, 1 << 30)]
    public int MaxMessageSize { get; set; } = StationLimits.Default.MaxMessageSize;

    /// <summary>Has the session outlive its connection: it connects again by itself, and goes on where it was cut.</summary>
    [Parameter]
    public SwitchParameter Reconnect { get; set; }

    /// <summary>The proxy to connect through: socks5://host:port or http://host:port. Host names go to it as they are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ProxyCompleter))]
    public string? Proxy { get; set; }

    /// <summary>The login at the proxy. It goes there in clear.</summary>
    [Parameter]
    [ValidateNotNull]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>How many body bytes the peer may have under way to this side.</summary>
    [Parameter]
    [ValidateRange(64 * 1024, 1 << 30)]
    public int WindowSize { get; set; } = StationLimits.Default.Window;

    /// <summary>The file that keeps the session over the end of this process; implies -Reconnect.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>What the bodies and headers in that file are encrypted with.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? StatePassphrase { get; set; }

    /// <summary>How many are connected to at once; each session is written when it is there.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>Signs receipts with this station's identity for what comes in, if the peer asks for them: ten a second.</summary>
    [Parameter]
    public SwitchParameter AllowSignedReceipt { get; set; }

    /// <summary>How long connecting and shaking hands may take together.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        InvitationSet => (object?)Invitation?.OtherText ?? Invitation,
        InvitationPathSet => InvitationPath,
        _ when HostName.Length == 0 => Peer,
        _ => StationTarget.Describe(HostName, Port),
    };

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IStationProtocol protocol = FindProtocols(Protocol)[0];
        if (!protocol.IsSecure && (Fingerprint is not null || Peer is not null))
        {
            throw new StationException(StationFault.InvalidArgument, $"{protocol.Name} authenticates nobody: -Fingerprint and -Peer cannot be checked.");
        }

        FileTrustStore store = OpenTrustStore(Peer?.Directory);
        PeerRecord? peer = Peer?.Resolve(store);
        StationInvitation? invitation = FindInvitation();
        IReadOnlyList<StationAddress> targets = invitation is not null
            ? [StationAddress.Parse(invitation.Address)]
            : StationTarget.Find(this, Invitation?.OtherText ?? HostName, Port, peer);
        IConnectionDialer dialer = ProxyParameters.Dialer(Proxy, ProxyCredential);
        if (!ShouldProcess(string.Join(", ", targets) + (Proxy is null ? "" : $" through {dialer}"), Action(invitation)))
        {
            return;
        }

        // A record from the pipeline brings its fingerprint too, by its name.
        Fingerprint? fingerprint = Fingerprint == peer?.Fingerprint ? null : Fingerprint;
        StationKeyPair? keyPair = OpenKeyPair(KeyPair, Passphrase);
        StationState? state = OpenState(keyPair);
        Func<StationAddress, double, StationClientOptions> options = (target, seconds) => new StationClientOptions
        {
            Address = target,
            Dialer = dialer,
            KeyPair = keyPair,
            Trust = new ClientTrust
            {
                Mode = TrustMode,
                Store = store,
                Address = target.ToString(),
                ExpectedFingerprint = fingerprint,
                PeerKey = peer?.Fingerprint,
                Invitation = invitation,
            },
            Suite = Suite,
            Protocol = protocol,
            Reconnect = Reconnect,
            AllowSignedReceipts = AllowSignedReceipt,
            State = state,
            EndedUnread = _endedUnread.Enqueue,
            Legacy = ToLegacyOptions(DisplayName),
            Limits = StationLimits.Default with { HandshakeTimeout = Deadline.After(seconds).Remaining, MaxMessageSize = MaxMessageSize, Window = WindowSize },
        };
        if (ThrottleLimit > 1)
        {
            ConnectBeside(targets, options);
            return;
        }

        StationSession session = ConnectToFirst(targets, options);
        StationRegistry.Current.Add(session);
        Tell(session);
        WriteObject(session);
    }

    private void Tell(StationSession session)
    {
        TellOfUnread();
        WriteVerbose($"Spoke {session.Protocol} {session.Suite}: {session.Security}.");
        WriteVerbose($"The peer is {ForeignText.Show(session.PeerName ?? "without a name here")}, key {session.RemoteFingerprint ?? "none"}, trusted by {session.TrustBasis}.");
        WriteVerbose($"Session {session.Id} is open; this side's key is {session.LocalFingerprint ?? "none"}{(session.IsLocalKeyTemporary ? ", made for this connection" : string.Empty)}.");
    }

    // The addresses of a peer share the time; one where nobody answers is passed over for the next.
    private StationSession ConnectToFirst(IReadOnlyList<StationAddress> targets, Func<StationAddress, double, StationClientOptions> options)
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        for (int i = 0; ; i++)
        {
            int left = targets.Count - i;
            double seconds = targets.Count == 1 ? TimeoutSec : deadline.ShareOf(left);
            StationAddress target = targets[i];
            StationClientOptions here = options(target, seconds);
            WriteVerbose($"Connecting to {target}{(Proxy is null ? "" : $" through {here.Dialer}")}.");
            try
            {
                return Await(
                    token => Task.Run(() => StationClient.ConnectAsync(here, token), token),
                    Deadline.After(seconds < 0 ? seconds : seconds + Grace),
                    $"{target} did not answer",
                    abandoned: late => late.Abort());
            }
            catch (StationException failure) when (left > 1 && (failure.Fault is StationFault.ConnectFailed or StationFault.Timeout))
            {
                WriteVerbose(failure.Message);
            }
        }
    }

    // An -Invitation that the script holds stays the script's; one read here lives as long as the call.
    private StationInvitation? FindInvitation() => ParameterSetName switch
    {
        InvitationPathSet => ReadInvitation(),

        // With other parameters of its set, -HostName is what a text by position binds to.
        HostNameSet => InvitationText.IsInvitation(HostName) ? InvitationText.Parse(HostName) : null,
        _ when Invitation is null && Port != 0 => null,
        _ when Invitation?.OtherText is { } text && (Port != 0 || StationTarget.IsWhole(text)) => null,
        _ => Invitation?.Resolve() ?? throw NoInvitation(),
    };

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
        var text = new char[InvitationText.MaxLength];
        int length = reader.ReadBlock(text);
        return InvitationText.Parse(new string(text, 0, length));
    }
}
