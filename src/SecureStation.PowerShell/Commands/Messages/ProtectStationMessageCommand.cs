using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>
/// Protect-StationMessage: encrypts messages for any channel with keys of a session, or seals them for peers who are not there.
/// </summary>
[Cmdlet(VerbsSecurity.Protect, "StationMessage", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(ProtectedMessage), ParameterSetName = [SessionSet])]
[OutputType(typeof(string), ParameterSetName = [RecipientSet, PassphraseSet])]
public sealed class ProtectStationMessageCommand : MessageInputCmdlet
{
    private const string SessionSet = "Session";
    private const string RecipientSet = "Recipient";
    private const string PassphraseSet = "Passphrase";

    private readonly List<byte[]> _forFile = [];
    private StationKeyPair? _keyPair;
    private SealSender? _sender;

    /// <summary>The session.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>For whom it is sealed: names of peers with cards, their records, age recipients (age1…), ssh public keys (ssh-ed25519 …, ssh-rsa …).</summary>
    [Parameter(ParameterSetName = RecipientSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public SealTarget[] To { get; set; } = [];

    /// <summary>Seals it with a passphrase instead of for recipients: whoever knows it opens it, and can pass it on.</summary>
    [Parameter(ParameterSetName = PassphraseSet, Mandatory = true)]
    [Passphrase]
    public SecureString? SealPassphrase { get; set; }

    /// <summary>The identity that signs it: a key pair, or the name of one in the key store.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The passphrase of a named key pair, a SecureString or a string.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Nobody signs it: a reader takes it only with -AllowAnonymous.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    public SwitchParameter Anonymous { get; set; }

    /// <summary>Seals for all with keys that quantum computers could break, where some recipients have no others.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    public SwitchParameter AllowClassical { get; set; }

    /// <summary>How long it is good for; without it, for ever.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>Makes a plain age file: no sender, no signature, no kind.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    public SwitchParameter Raw { get; set; }

    /// <summary>The file that all messages of the pipeline are written to, instead of the output.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Replaces a file.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = RecipientSet)]
    [Parameter(ParameterSetName = PassphraseSet)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session ?? (To.Length > 0 ? string.Join(", ", To.Select(static one => one.ToString())) : (object?)KeyPair);

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (ParameterSetName == SessionSet)
        {
            return;
        }

        _sender = new SealSender
        {
            To = To,
            HasKeyPair = KeyPair is not null,
            Anonymous = Anonymous,
            SealPassphrase = SealPassphrase,
            AllowClassical = AllowClassical,
            ExpiresIn = ExpiresIn,
            Raw = Raw,
        };
        _sender.Check();
        _keyPair = OpenKeyPair(KeyPair, Passphrase);
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (!TryMakeMessage(inReplyTo: 0, out OutgoingMessage? message))
        {
            return;
        }

        if (_sender is null)
        {
            WriteObject(Session!.Protector.Protect(message));
            return;
        }

        if (message.Body.Length > OpeningTerms.DefaultMaxBodyLength)
        {
            throw new StationException(StationFault.MessageTooLarge, $"A message of {message.Body.Length} bytes is too large to be held in memory by its reader ({OpeningTerms.DefaultMaxBodyLength} at most); Protect-StationFile takes any size.");
        }

        (byte[] armored, SealSecrecy secrecy) = Seal(message);
        if (OutFile is null)
        {
            // The text, and what keeps it secret beside it: for who allowed classical keys.
            var output = new PSObject(Encoding.ASCII.GetString(armored).TrimEnd());
            output.Properties.Add(new PSNoteProperty("Secrecy", secrecy));
            WriteObject(output);
        }
        else
        {
            _forFile.Add(armored);
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (OutFile is not null && _forFile.Count > 0)
        {
            SealedFile.WriteBlocks(PathResolver.Unresolved(this, OutFile), _forFile, Force);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && KeyPair?.Name is not null)
        {
            _keyPair?.Dispose();
        }

        base.Dispose(disposing);
    }

    private (byte[] Armored, SealSecrecy Secrecy) Seal(OutgoingMessage message)
    {
        SealingTerms terms = _sender!.ToTerms(_keyPair, new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore))) with
        {
            Kind = message.Kind switch
            {
                StationMessageKind.Text => SealedKind.Text,
                StationMessageKind.Object => SealedKind.Object,
                _ => SealedKind.Bytes,
            },
        };
        using SealPassphrase? passphrase = terms.Passphrase;
        byte[] armored = Compute(_ => Raw ? SealedMessage.SealRaw(terms, message.Body.Span, armored: true) : SealedMessage.Seal(terms, message.Body.Span, armored: true));
        return (armored, terms.GetSecrecy());
    }
}
