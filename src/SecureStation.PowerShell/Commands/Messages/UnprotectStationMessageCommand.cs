using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Unprotect-StationMessage: reads what Protect-StationMessage wrote: the peer's of a session, or messages that were sealed for this station.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "StationMessage", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(StationMessage), ParameterSetName = [SessionSet])]
[OutputType(typeof(SealedMessage), ParameterSetName = [SealedSet])]
public sealed class UnprotectStationMessageCommand : IdentityCmdlet
{
    private const string SessionSet = "Session";
    private const string SealedSet = "Sealed";

    private readonly SealedText _text = new();
    private SealReader? _reader;
    private FileTrustStore? _peers;
    private int _found;

    /// <summary>The session.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The protected message: the object, its base64 or hex, or its bytes.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromBytes(typeof(ProtectedMessageReference))]
    public ProtectedMessageReference? Message { get; set; }

    /// <summary>Takes messages in any order, each once, up to 1,023 behind the newest: for channels that lose and reorder.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    public SwitchParameter AllowReorder { get; set; }

    /// <summary>The sealed message: its text, its lines as Get-Content writes them (gathered from BEGIN to END), or the bytes of an age file.</summary>
    [Parameter(ParameterSetName = SealedSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>The identity for which it was sealed: its name in the key store, or a key pair from there. The sealing keys beside it open.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>Sealing keys without their identity: a name in the key store, or a file that Export-StationSealingKey wrote.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string? SealingKey { get; set; }

    /// <summary>Files of age identities (AGE-SECRET-KEY-…) or ssh private keys.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] AgeIdentityPath { get; set; } = [];

    /// <summary>The passphrase of the sealing keys or of the identity files.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>The passphrase with which the message was sealed.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [Passphrase]
    public SecureString? SealPassphrase { get; set; }

    /// <summary>Takes messages that nobody signed, marked: not verified.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    public SwitchParameter AllowAnonymous { get; set; }

    /// <summary>Takes messages of senders who are no peers, marked: not verified.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    public SwitchParameter AllowUnknownSender { get; set; }

    /// <summary>Gives the bytes of a plain age file, of which nothing says who made it; with -AllowAnonymous.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    public SwitchParameter Raw { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = SealedSet)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session ?? (object?)KeyPair ?? SealingKey;

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (ParameterSetName == SessionSet)
        {
            return;
        }

        _peers = new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
        _reader = OpenReader(KeyPair, SealingKey, AgeIdentityPath, Passphrase, SealPassphrase);
        SealReaderRules.Check(_reader, AllowAnonymous, Raw);
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (_reader is null)
        {
            WriteObject(MessageBodies.Read(Session!.Protector.Unprotect(Message!.Resolve(), AllowReorder)));
            return;
        }

        object? bare = ValueForms.Unwrap(InputObject);
        switch (bare)
        {
            case byte:
                ThrowTerminatingError(StationErrors.Record(
                    "A single byte came down the pipeline: PowerShell has taken an array apart. Nothing of it was opened.", StationErrors.UnrolledBytes, InputObject));
                break;
            case string text:
                OpenBlocks(text);
                break;
            case System.Collections.IEnumerable lines and not byte[] when !ValueForms.TryBytes(lines, out _):
                foreach (object? line in lines)
                {
                    OpenBlocks(line?.ToString() ?? "");
                }

                break;
            default:
                Open(ValueForms.TryBytes(bare, out ReadOnlyMemory<byte> bytes)
                    ? bytes
                    : throw new StationException(StationFault.InvalidArgument, $"A sealed message is text or bytes, not {bare?.GetType().Name ?? "nothing"}."));
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_reader is not null && _text.Complete(_found) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
        }

        base.Dispose(disposing);
    }

    // One that does not open does not take those after it along.
    private void OpenBlocks(string text)
    {
        foreach (SealedBlock block in _text.Take(text))
        {
            try
            {
                Open(block.ToArmor());
            }
            catch (StationException failure)
            {
                WriteFailure(failure, target: null);
            }
        }
    }

    private void Open(ReadOnlyMemory<byte> file)
    {
        _found++;
        OpeningTerms terms = _reader!.ToTerms(_peers!) with { AllowAnonymous = AllowAnonymous, AllowUnknownSender = AllowUnknownSender };
        if (Raw)
        {
            WriteObject(Compute(_ => SealedMessage.OpenRaw(file, terms)), enumerateCollection: false);
        }
        else
        {
            WriteObject(MessageBodies.Read(Compute(_ => SealedMessage.Open(file, terms))));
        }
    }
}
