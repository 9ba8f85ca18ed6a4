using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>Receive-StationDocument: takes documents with timestamps, verifies them, answers with a verdict, keeps those that hold.</summary>
[Cmdlet(VerbsCommunications.Receive, "StationDocument", DefaultParameterSetName = SessionSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ReceivedDocument), ParameterSetName = [SessionSet])]
[OutputType(typeof(LegacyDocument), ParameterSetName = [LegacySet])]
public sealed class ReceiveStationDocumentCommand : StationCmdlet
{
    private const string SessionSet = "Session";
    private const string LegacySet = "DocumentNotary";
    private const string Nothing = "No document came";

    /// <summary>The session.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The folder that documents with a valid timestamp are kept in; the current one where none is given.</summary>
    [Parameter(ParameterSetName = SessionSet, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = ".";

    /// <summary>Roots, or the notary's own certificate; the platform's roots where none is given.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[]? TrustedCertificate { get; set; }

    /// <summary>Certificates that the tokens lack.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNull]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[] ExtraCertificate { get; set; } = [];

    /// <summary>The policy that the timestamps must have.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

    /// <summary>The largest document, in bytes.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxSize { get; set; } = 1L << 30;

    /// <summary>Replaces documents that are there.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>The old protocol.</summary>
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [ValidateSet(NotaryText.DocumentNotary)]
    public string Protocol { get; set; } = "";

    /// <summary>Allows the old, insecure protocol.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>The port to listen on while the cmdlet runs.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = DocumentForward.DefaultPort;

    /// <summary>Loopback, Any, or an IP address of this machine.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ListenAddressCompleter))]
    public string Address { get; set; } = StationListenerOptions.Loopback;

    /// <summary>The password shared with the sender: 16, 24 or 32 bytes.</summary>
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [Passphrase]
    public SecureString? Password { get; set; }

    /// <summary>The folder with the old server's public key, server_publickey.bin.</summary>
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string PublicKeyDirectory { get; set; } = "";

    /// <summary>Answers True also to a signature over the hash of nothing, as the original does.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    public SwitchParameter AcceptEmptyHash { get; set; }

    /// <summary>How many documents, valid or not.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Goes on until the session closes, or -Count is reached if it is given.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long the whole call may take; with -Wait, how long nothing may come.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = Deadline.Infinite;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session ?? (object)Port;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == LegacySet)
        {
            ReceiveByLegacy();
        }
        else
        {
            ReceiveFromSession();
        }
    }

    private void ReceiveFromSession()
    {
        if (Session is not SecureSession session)
        {
            throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {Session!.Protocol} has no services.");
        }

        string folder = PathResolver.Unresolved(this, DestinationPath);
        if (!Directory.Exists(folder))
        {
            throw new StationException(StationFault.NotFound, $"There is no folder '{folder}'.") { Subject = StationSubject.Folder };
        }

        if (!ShouldProcess(folder, "Keep documents that the peer sends"))
        {
            return;
        }

        using var receiver = new DocumentReceiver(session, new DocumentReceiverOptions
        {
            Folder = folder,
            MaxSize = MaxSize,
            Overwrite = Force,
            Trust = new TimestampTrust
            {
                TrustedCertificates = TrustedCertificate is null ? null : CertificateReference.Resolve(this, TrustedCertificate),
                ExtraCertificates = CertificateReference.Resolve(this, ExtraCertificate),
                Policy = Policy,
            },
        });
        TakeAll(receiver.ReceiveAsync);
    }

    private void ReceiveByLegacy()
    {
        INotaryWire wire = LegacyConsent.Require<INotaryWire>(this, AllowLegacy, NotaryText.LegacyWarning);
        if (!ShouldProcess($"{Address}, port {Port}", "Receive documents of the old notary"))
        {
            return;
        }

        ILegacyDocumentReceiver receiver = Start(wire);
        try
        {
            WriteVerbose($"Listening on port {receiver.Port}.");
            TakeAll(receiver.ReceiveAsync);
        }
        finally
        {
            receiver.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(1));
        }
    }

    private ILegacyDocumentReceiver Start(INotaryWire wire)
    {
        using var text = new PassphraseText(Password);
        byte[] password = new byte[Encoding.UTF8.GetByteCount(text.Span)];
        Encoding.UTF8.GetBytes(text.Span, password);
        try
        {
            return wire.StartReceiver(new LegacyReceiverOptions
            {
                Address = Address,
                Port = Port,
                Password = password,
                ServerPublicKeyPath = Path.Combine(PathResolver.Unresolved(this, PublicKeyDirectory), NotaryText.ServerPublicKey),
                AcceptEmptyHash = AcceptEmptyHash,
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private void TakeAll<T>(Func<CancellationToken, Task<T>> take)
    {
        int count = Wait && !MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? int.MaxValue : Count;
        Deadline deadline = Deadline.After(TimeoutSec);
        try
        {
            for (int taken = 0; taken < count; taken++)
            {
                WriteObject(Await(take, deadline, Nothing));
                deadline = Wait ? Deadline.After(TimeoutSec) : deadline;
            }
        }
        catch (StationException end) when (Wait && end.Fault == StationFault.SessionClosed)
        {
            // That is what -Wait waits for.
        }
    }
}
