using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Protocols;
using SecureStation.Core.State;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Start-StationListener: listens for stations, in the background, until Stop-StationListener.</summary>
[Cmdlet(VerbsLifecycle.Start, "StationListener", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationListener))]
public sealed class StartStationListenerCommand : ProtocolCmdlet
{
    private static readonly TimeSpan s_shortestWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWindow = TimeSpan.FromDays(100);

    // Less would cut messages of files into crumbs.
    private const int MinWindow = 64 * 1024;

    // Files take half of it; what is left must not be less than a listener without files has.
    private int Window => ReceiveFolder is not null && !MyInvocation.BoundParameters.ContainsKey(nameof(WindowSize)) ? FileReceiverOptions.ListenerWindow : WindowSize;

    /// <summary>The port; 0 takes a free one. Not with a Unix socket or a named pipe.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>Loopback, Any, or an IP address of this machine; or unix:PATH for a Unix socket, pipe:NAME for a named pipe of Windows.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ListenAddressCompleter))]
    public string Address { get; set; } = StationListenerOptions.Loopback;

    /// <summary>The host name that invitations carry.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? AdvertisedHostName { get; set; }

    /// <summary>What to speak. With more than one, what a client sends first says which.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ProtocolCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Protocol { get; set; } = [StationProtocols.Station.Name];

    /// <summary>Whom to accept without an invitation: Strict, those in the trust store with accept; Any, everybody.</summary>
    [Parameter]
    [ValidateSet(nameof(Core.Trust.TrustMode.Strict), nameof(Core.Trust.TrustMode.Any))]
    public TrustMode TrustMode { get; set; } = TrustMode.Strict;

    /// <summary>The suites that clients may choose from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Suite { get; set; } = [.. StationSuite.Names];

    /// <summary>Makes no invitation at the start.</summary>
    [Parameter]
    public SwitchParameter NoInvitation { get; set; }

    /// <summary>How many sessions there may be at once.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxSessions { get; set; } = StationLimits.Default.MaxSessions;

    /// <summary>The largest message that is taken, in bytes.</summary>
    [Parameter]
    [ValidateRange(1, 1 << 30)]
    public int MaxMessageSize { get; set; } = StationLimits.Default.MaxMessageSize;

    /// <summary>How long a session whose connection was cut is kept for its peer to come back; zero ends it at once.</summary>
    [Parameter]
    public TimeSpan ResumeWindow { get; set; } = StationLimits.Default.ResumeWindow;

    /// <summary>How many body bytes a peer may have under way to this side in a session.</summary>
    [Parameter]
    [ValidateRange(MinWindow, 1 << 30)]
    public int WindowSize { get; set; } = StationLimits.Default.Window;

    /// <summary>The folder that files go into which admitted peers send; without it none are taken.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReceiveFolder { get; set; }

    /// <summary>The most bytes of files that are taken of each peer.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxBytes { get; set; } = FileReceiverOptions.DefaultMaxBytes;

    /// <summary>The most files that are taken of each peer.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxFiles { get; set; } = FileReceiverOptions.DefaultMaxFiles;

    /// <summary>Signs receipts with the listener's identity for what comes in, for those who ask for them: ten a second for each peer.</summary>
    [Parameter]
    public SwitchParameter AllowSignedReceipt { get; set; }

    /// <summary>The file that keeps the sessions of peers that reconnect over the end of this process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>What the bodies and headers in that file are encrypted with.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? StatePassphrase { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => StationTarget.IsWhole(Address) ? Address : Port;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IReadOnlyList<IStationProtocol> protocols = FindProtocols(Protocol);
        // A bare number becomes a TimeSpan of so many ticks: 300 would be a thirtieth of a millisecond.
        if (ResumeWindow < TimeSpan.Zero || (ResumeWindow > TimeSpan.Zero && ResumeWindow < s_shortestWindow) || ResumeWindow > s_longestWindow)
        {
            throw new StationException(StationFault.InvalidArgument, "A session is kept for a second to 100 days, or, with 0, not at all. Write the time as a TimeSpan: -ResumeWindow 00:05:00.");
        }

        FileReceiverOptions? receiveFiles = ReceiveFolder is null
            ? null
            : new FileReceiverOptions { Folder = PathResolver.Folder(this, ReceiveFolder, isLiteral: true), MaxBytes = MaxBytes, MaxFiles = MaxFiles };

        string address = SocketPath.Resolve(this, Address);
        if (StationTarget.IsWhole(address) && MyInvocation.BoundParameters.ContainsKey(nameof(Port)))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{address}' has no port: leave out -Port.");
        }

        if (!ShouldProcess(StationTarget.IsWhole(address) ? address : $"{address}, port {Port}", receiveFiles is null ? "Listen for stations" : $"Listen for stations, and take files into {receiveFiles.Folder}"))
        {
            return;
        }

        StationKeyPair? keyPair = OpenKeyPair(KeyPair, Passphrase);
        if (StatePath is not null && ResumeWindow == TimeSpan.Zero)
        {
            throw new StationException(StationFault.InvalidArgument, "With -ResumeWindow 0 no session is kept, so none can be kept in a state: leave one of the two out.");
        }

        StationState? state = StateFile.Open(this, StatePath, StatePassphrase, keyPair);
        var options = new StationListenerOptions
        {
            KeyPair = keyPair,
            State = state,
            Address = address,
            Port = Port,
            AdvertisedHostName = AdvertisedHostName,
            Trust = new ListenerTrust { Mode = TrustMode, Store = OpenTrustStore() },
            Suites = Suite,
            Protocols = protocols,
            Legacy = ToLegacyOptions(),
            Limits = StationLimits.Default with { MaxSessions = MaxSessions, MaxMessageSize = MaxMessageSize, ResumeWindow = ResumeWindow, Window = Window },
            ReceiveFiles = receiveFiles,
            AllowSignedReceipts = AllowSignedReceipt,
        };
        StationListener listener;
        try
        {
            listener = StationListener.Start(NoInvitation ? options with { InvitationLifetime = TimeSpan.Zero } : options);
        }
        catch
        {
            state?.Dispose();
            throw;
        }

        StationRegistry.Current.Add(listener);
        Tell(listener);
        WriteObject(listener);
    }

    private void Tell(StationListener listener)
    {
        WriteVerbose($"Listening on {string.Join(", ", listener.EndPoints)} for {string.Join(", ", listener.Protocols)}; suites: {string.Join(", ", Suite)}.");
        WriteVerbose($"This listener's key is {listener.Fingerprint}{(listener.IsKeyTemporary ? ", made for it" : string.Empty)}.");
        WriteVerbose(TrustMode == TrustMode.Any
            ? "It accepts every key."
            : $"It accepts the peers of {(listener.Options.Trust.Store as FileTrustStore)?.Directory} that may connect{(listener.Invitation is { } invitation ? $", and one more by its invitation, until {invitation.ExpiresAt.LocalDateTime:g}" : string.Empty)}.");
    }
}
