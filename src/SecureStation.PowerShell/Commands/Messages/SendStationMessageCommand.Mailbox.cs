using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Messages;
using SecureStation.Core.Sealing;
using SecureStation.Core.Trust;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <content>Into a mailbox: sealed for each recipient's card, signed by -KeyPair.</content>
public sealed partial class SendStationMessageCommand
{
    private const string MailboxSet = "Mailbox";

    private StationKeyPair? _keyPair;

    /// <summary>The mailbox.</summary>
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true)]
    [ValidateNotNull]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    public StationMailbox? Mailbox { get; set; }

    /// <summary>For whom: names of peers with cards, their records, or cards of pinned identities.</summary>
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public SealTarget[] To { get; set; } = [];

    /// <summary>The identity that signs: a key pair, or the name of one in the key store. Mail without a sender is not taken.</summary>
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true)]
    [Parameter(ParameterSetName = ReplySet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>The passphrase of a named key pair, a SecureString or a string.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = ReplySet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>How long the message is good for: 30 days at most, and never longer than a recipient's card. 7 days where nothing is said.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = ReplySet)]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>Seals for all with keys that quantum computers could break, where some recipients have no others.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = ReplySet)]
    public SwitchParameter AllowClassical { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = ReplySet)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    private bool IsMail => Mailbox is not null || InReplyTo?.Mail is not null;

    private object? MailTarget => InReplyTo?.Mail ?? (object)string.Join(", ", To.Select(static one => one.ToString()));

    private void BeginMail() => _keyPair = OpenKeyPair(KeyPair, Passphrase)
        ?? throw new StationException(StationFault.InvalidArgument, "Who answers? Give -KeyPair: it signs the answer.");

    private void SendMail()
    {
        if (!TryMakeMessage(inReplyTo: 0, out OutgoingMessage? message))
        {
            return;
        }

        var peers = new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var mail = new OutgoingMail
        {
            Sender = _keyPair!,
            Recipients = InReplyTo is null ? [.. To.Select(target => target.Resolve(peers, now))] : [SenderOf(InReplyTo.Mail!, peers, now)],
            Kind = MailBodies.ToSealed(message.Kind),
            Body = message.Body,
            ExpiresIn = ExpiresIn,
            AllowClassical = AllowClassical,
            InReplyTo = InReplyTo?.Mail!.Id,
        };
        var sender = new MailboxSender(Mailbox?.Store ?? InReplyTo!.Mail!.Mailbox);
        bool isDurable = Wait || Receipt;
        SentMail sent = Await(token => Task.Run(() => sender.SendAsync(mail, isDurable, token), token), Deadline.After(TimeoutSec), "The mailbox did not take the message");
        if (Receipt)
        {
            WriteObject(sent);
        }
    }

    private void EndMail()
    {
        if (KeyPair?.Name is not null)
        {
            _keyPair?.Dispose();
        }
    }

    private static SealRecipient SenderOf(MailboxMessage mail, FileTrustStore peers, DateTimeOffset now) =>
        mail.Fingerprint is { } sender && peers.Find(sender, withAddresses: false) is { } peer
            ? SealRecipient.Of(peer, now)
            : throw new StationException(StationFault.NoCard, $"The sender {mail.Peer ?? "of the message"} is no peer, so there is no card to seal the answer for.") { PeerFingerprint = mail.Fingerprint?.Text };
}
