using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Storage;
using SecureStation.Core.Transfers;
using SecureStation.Core.Transport;

namespace SecureStation.Commands;

/// <summary>Send-StationDocument: sends documents with their timestamps to a peer who verifies them, and writes its verdicts.</summary>
[Cmdlet(VerbsCommunications.Send, "StationDocument", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DocumentVerdict))]
public sealed class SendStationDocumentCommand : DocumentFileCmdlet
{
    private const int MaxLegacyDocument = 1024 * 1024;

    private INotaryWire? _wire;

    /// <summary>The session.</summary>
    [Parameter]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The timestamp; of each document the file beside it where none is given.</summary>
    [Parameter]
    [ValidateNotNull]
    public TimestampReference? Timestamp { get; set; }

    /// <summary>The old protocol.</summary>
    [Parameter]
    [ValidateSet(NotaryText.DocumentNotary)]
    public string? Protocol { get; set; }

    /// <summary>Allows the old, insecure protocol.</summary>
    [Parameter]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>The host of the old receiver, also as host:port.</summary>
    [Parameter]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>Its port.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = DocumentForward.DefaultPort;

    /// <summary>The password shared with the old receiver: 16, 24 or 32 bytes.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Password { get; set; }

    /// <summary>How long each document may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    private protected override string Activity => "Sending documents";

    private StationAddress Target => StationTarget.Parse(HostName ?? "", MyInvocation.BoundParameters.ContainsKey(nameof(Port)) ? Port : 0, DocumentForward.DefaultPort);

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (Protocol is null)
        {
            if (Session is not SecureSession)
            {
                throw new StationException(StationFault.InvalidArgument, "Documents are sent over a session of the station protocol: give -Session.");
            }

            return;
        }

        _wire = LegacyConsent.Require<INotaryWire>(this, AllowLegacy, NotaryText.LegacyWarning);
        if (HostName is null || Password is null)
        {
            throw new StationException(StationFault.InvalidArgument, "The old receiver needs -HostName and -Password.");
        }
    }

    private protected override void ProcessDocument(string file)
    {
        if (!ShouldProcess(file, $"Send to {Session?.RemoteAddress ?? Target.ToString()}"))
        {
            return;
        }

        DocumentVerdict verdict = _wire is null ? Send(file) : SendByLegacy(file);
        WriteObject(verdict with { DocumentPath = file });
    }

    private DocumentVerdict Send(string file)
    {
        byte[] timestamp = (Timestamp ?? new TimestampReference(file + ".tsr")).Read(this);
        return Await(
            async token =>
            {
                await using FileStream document = RegularFile.OpenRead(file);
                long size = Math.Max(1, document.Length);
                var progress = new Progress(sent => Post(() => WriteProgress(new ProgressRecord(0, Activity, file) { PercentComplete = (int)(100 * sent / size) })));
                return await DocumentSender.SendAsync((SecureSession)Session!, System.IO.Path.GetFileName(file), document, timestamp, progress, token).ConfigureAwait(false);
            },
            Deadline.After(TimeoutSec),
            "The peer's verdict did not come");
    }

    private DocumentVerdict SendByLegacy(string file)
    {
        DocumentReceipt receipt = (Timestamp ?? new TimestampReference(file + ".receipt")).ReadReceipt(this);
        byte[] document = BoundedFile.Read(file, MaxLegacyDocument)
            ?? throw new StationException(StationFault.MessageTooLarge, $"'{file}' is too large for the old receiver.");
        using var text = new PassphraseText(Password);
        byte[] password = new byte[Encoding.UTF8.GetByteCount(text.Span)];
        Encoding.UTF8.GetBytes(text.Span, password);
        try
        {
            var forward = new DocumentForward { Host = Target.Host, Port = Target.Port, Password = password, Document = document, Receipt = receipt };
            return Await(token => _wire!.SendAsync(forward, token), Deadline.After(TimeoutSec), "The receiver's verdict did not come");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    // System.Progress would call on some thread of the pool, out of order.
    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
