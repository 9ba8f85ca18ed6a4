using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Requests;

namespace SecureStation;

/// <summary>
/// Every error id of the module, in one table. The ids are contract: scripts test
/// <c>$_.FullyQualifiedErrorId -like 'PeerUntrusted,*'</c>.
/// </summary>
internal static class StationErrors
{
    /// <summary>Single bytes came down the pipeline: PowerShell has taken an array apart.</summary>
    public static readonly StationError UnrolledBytes = new(
        "UnrolledBytes",
        ErrorCategory.InvalidData,
        "Send the array as one message: Send-StationMessage -InputObject $bytes, or ,$bytes | Send-StationMessage.");

    /// <summary>An object to be sent holds a SecureString, a PSCredential or the like.</summary>
    public static readonly StationError SecretRefused = new(
        "SecretRefused",
        ErrorCategory.SecurityError,
        "Send the object without that property, or turn the secret into text yourself if the peer is to have it.");

    /// <summary>A defect: something failed that has no fault of its own.</summary>
    public static readonly StationError Unexpected = new(
        "Unexpected",
        ErrorCategory.NotSpecified,
        "This should not happen. Please report it with the text of the error's exception: $Error[0].Exception | Format-List * -Force.");

    /// <summary>A file or socket operation of the operating system failed.</summary>
    public static readonly StationError InputOutput = new(
        "InputOutput",
        ErrorCategory.ReadError,
        "Look at the path and its permissions, and at the space left on the disk.");

    /// <summary>The operating system refuses access to a file.</summary>
    public static readonly StationError AccessDenied = new(
        "AccessDenied",
        ErrorCategory.PermissionDenied,
        "Look at the owner and the permissions of the file and of its folder.");

    private static readonly Dictionary<StationFault, (ErrorCategory Category, string Action)> s_faults = new()
    {
        [StationFault.InvalidArgument] = (ErrorCategory.InvalidArgument, "Correct the argument that the message names."),
        [StationFault.NotFound] = (ErrorCategory.ObjectNotFound, "Look at the name or path that the message names."),
        [StationFault.AlreadyExists] = (ErrorCategory.ResourceExists, "Choose another name, or replace it with -Force."),
        [StationFault.InvalidKey] = (ErrorCategory.InvalidData, "Give a PEM file with one key: PKCS#8 for a key pair, SubjectPublicKeyInfo for a public key; Ed25519, RSA of 2048 to 8192 bits, or ECDSA P-256; for Diffie-Hellman, dhKeyAgreement or X25519."),
        [StationFault.WrongPassphrase] = (ErrorCategory.AuthenticationError, "Give the key's passphrase with -Passphrase."),
        [StationFault.InvalidInvitation] = (ErrorCategory.InvalidData, "Copy the whole invitation, from station: to the last character, or ask for a new one."),
        [StationFault.InvitationExpired] = (ErrorCategory.PermissionDenied, "Ask the listener's owner for a new invitation: New-StationInvitation -Listener $listener -AsPlainText."),
        [StationFault.InvitationUsed] = (ErrorCategory.PermissionDenied, "Ask the listener's owner for an invitation of your own; -MaxUses makes one that several may use."),
        [StationFault.InvalidTranscript] = (ErrorCategory.InvalidData, "Give a file that Export-StationTranscript wrote, unchanged."),
        [StationFault.PeerUntrusted] = (ErrorCategory.SecurityError, "Compare the fingerprint with its owner by another way. If it is right, trust it: Add-StationPeer, or -Fingerprint for this connection."),
        [StationFault.PeerKeyChanged] = (ErrorCategory.SecurityError, "Someone may be in the middle, or the peer has a new key. Ask its owner; then Set-StationPeer or Remove-StationPeer the old one and add the new."),
        [StationFault.PeerAmbiguous] = (ErrorCategory.InvalidData, "Give one of the peers another name: Set-StationPeer -Fingerprint <fingerprint> -NewName <name>. A new key takes the place of an old one with Add-StationPeer -Replace."),
        [StationFault.TrustStoreDamaged] = (ErrorCategory.InvalidData, "Look at the file that the message names. If you did not edit it, find out who did; then remove it and add the peer again."),
        [StationFault.TrustStoreInsecure] = (ErrorCategory.SecurityError, "Take write permission for the folder away from group and others (chmod 700), and look at what is in it."),
        [StationFault.StorageFailed] = (ErrorCategory.WriteError, "Look at the path and its permissions, and at the space left on the disk."),
        [StationFault.ConnectFailed] = (ErrorCategory.ConnectionError, "Look at host name and port, and whether the listener runs and the firewall lets you through."),
        [StationFault.ProxyFailed] = (ErrorCategory.ConnectionError, "Look at -Proxy: what answers at that address and port is no such proxy."),
        [StationFault.ListenFailed] = (ErrorCategory.ResourceUnavailable, "Choose another port (0 takes a free one) or an address of this machine."),
        [StationFault.HandshakeFailed] = (ErrorCategory.ProtocolError, "Look at the stage that the message names, and on the other side at the listener's own record: Get-StationListener | Select-Object -ExpandProperty Refusals, or its log (Start-StationLog). The other side may not be a station, or may not accept this suite or key."),
        [StationFault.PeerRefused] = (ErrorCategory.PermissionDenied, "Ask the listener's owner to accept this station's key: Add-StationPeer -Accept, or an invitation."),
        [StationFault.ProtocolError] = (ErrorCategory.ProtocolError, "The session has ended. Connect again; if it repeats, report it with both sides' versions."),
        [StationFault.DecryptionFailed] = (ErrorCategory.SecurityError, "Something was altered on the way and the session has ended. Connect again."),
        [StationFault.Timeout] = (ErrorCategory.OperationTimeout, "Give more time with -TimeoutSec; -1 waits for ever."),
        [StationFault.Truncated] = (ErrorCategory.ConnectionError, "The connection broke without a goodbye, so messages may be missing. Connect again and let the peer say what it has."),
        [StationFault.SessionClosed] = (ErrorCategory.ConnectionError, "Connect again: Connect-Station."),
        [StationFault.StateFailed] = (ErrorCategory.WriteError, "Look at what the message says of the file: end the process that uses it, make room on the disk, give the key of the station that it is of; to begin anew, Clear-StationState."),
        [StationFault.SessionLost] = (ErrorCategory.ConnectionError, "Connect again: Connect-Station. What the peer had is in its inbox; what it is not known to have, the errors Undelivered and Unknown say."),
        [StationFault.SessionResumed] = (ErrorCategory.InvalidOperation, "Protect the message anew: the session has a new connection, and new keys."),
        [StationFault.Undelivered] = (ErrorCategory.ConnectionError, "Connect again and send it once more."),
        [StationFault.MessageTooLarge] = (ErrorCategory.LimitsExceeded, "Send it in several messages, or send less of the object (-Depth)."),
        [StationFault.MalformedBody] = (ErrorCategory.InvalidData, "The message's BodyBytes hold what was sent; tell the sender."),
        [StationFault.UnknownService] = (ErrorCategory.ObjectNotFound, "Ask the peer to switch the service on."),
        [StationFault.NotAllowed] = (ErrorCategory.PermissionDenied, "Ask the peer's owner to allow it: Set-StationPeer -Capability for the service, Register-StationHandler -Peer for the handler."),
        [StationFault.Unknown] = (ErrorCategory.ConnectionError, "Connect again and look whether the peer has it, or has done it, before you send once more what must not happen twice; an id of your own shows the peer a repetition."),
        [StationFault.HandlerFailed] = (ErrorCategory.InvalidResult, "The handler on the other side failed: look at the message, and at what it was asked."),
        [StationFault.ReceiptMismatch] = (ErrorCategory.SecurityError, "Do not rely on it. Ask the receiver what it has: the message may have been delivered all the same."),
        [StationFault.InvalidReceipt] = (ErrorCategory.InvalidData, "Give a file that Export-StationReceipt wrote, unchanged."),
        [StationFault.Replayed] = (ErrorCategory.SecurityError, "Drop the message: it was taken once already."),
        [StationFault.OutOfOrder] = (ErrorCategory.InvalidData, "Give the messages in the order in which they were made."),
        [StationFault.InvalidState] = (ErrorCategory.InvalidOperation, "Look at the object's state; it may be closed, used up or not begun."),
        [StationFault.LegacyNotAllowed] = (ErrorCategory.SecurityError, "The protocol is not secure. If you must speak it, say so with -AllowLegacy."),
        [StationFault.TimestampRejected] = (ErrorCategory.InvalidResult, "Look at the status and failure info that the message names: another policy, hash or authority may help."),
        [StationFault.TimestampMalformed] = (ErrorCategory.InvalidData, "Look at the file or address: it holds or answers something else than a timestamp."),
        [StationFault.TimestampSignatureInvalid] = (ErrorCategory.SecurityError, "Do not rely on the timestamp: it was altered, or made up. Get another from its authority."),
        [StationFault.TimestampImprintMismatch] = (ErrorCategory.SecurityError, "Compare the document with its original: it has changed since, or the timestamp is of another."),
        [StationFault.TimestampNonceMismatch] = (ErrorCategory.SecurityError, "Ask again; if it repeats, someone answers with old timestamps."),
        [StationFault.TimestampPolicyMismatch] = (ErrorCategory.InvalidResult, "Ask for the policy that you need with -Policy, or test without it."),
        [StationFault.TimestampAlgorithmRefused] = (ErrorCategory.SecurityError, "Have the document stamped anew with SHA-256, SHA-384 or SHA-512."),
        [StationFault.TimestampCertificateMissing] = (ErrorCategory.ObjectNotFound, "Give the authority's certificate with -ExtraCertificate, or request without -NoCertificate."),
        [StationFault.TimestampCertificateUnsuitable] = (ErrorCategory.SecurityError, "Use a certificate with the extended key usage timeStamping alone, critical: New-StationNotaryCertificate makes one."),
        [StationFault.TimestampCertificateExpired] = (ErrorCategory.SecurityError, "Do not rely on the timestamp: its certificate was not valid at that time."),
        [StationFault.TimestampCertificateUntrusted] = (ErrorCategory.SecurityError, "If you trust whoever issued it, name that certificate with -TrustedCertificate."),
        [StationFault.NotaryLogDamaged] = (ErrorCategory.InvalidData, "Look at what is wrong: Test-StationNotaryLog -Path <log> -Detailed. Begin a new log file and keep this one."),
        [StationFault.LogDamaged] = (ErrorCategory.InvalidData, "Look at what is wrong: Test-StationLog -Path <log> -Detailed. Begin a new log file and keep this one."),
        [StationFault.InvalidCard] = (ErrorCategory.InvalidData, "Give a file that Export-StationCard wrote, unchanged."),
        [StationFault.CardNotTrusted] = (ErrorCategory.SecurityError, "Someone may offer a card of their own. Ask the peer for its card by another way, and compare the fingerprint with its owner before Add-StationPeer -Card."),
        [StationFault.CardExpired] = (ErrorCategory.PermissionDenied, "Ask the peer for its newest card (Export-StationCard there), and look at this machine's clock."),
        [StationFault.CardNotYetValid] = (ErrorCategory.PermissionDenied, "Look at the clocks of this machine and of the peer's."),
        [StationFault.CardOlder] = (ErrorCategory.InvalidData, "Keep the newer card that is held. If the peer says that this one is right, ask it for a new one: Update-StationCard."),
        [StationFault.CardConflict] = (ErrorCategory.SecurityError, "Two machines made cards of one identity at once, or somebody else has its key. Ask its owner, then take a new card of Update-StationCard."),
        [StationFault.NoCard] = (ErrorCategory.ObjectNotFound, "Ask the peer for its card (Export-StationCard there), then: Import-StationCard FILE | Add-StationPeer -Name NAME."),
        [StationFault.NotARecipient] = (ErrorCategory.PermissionDenied, "Ask the sender to seal it for you, or to send it again where it may have been damaged on the way."),
        [StationFault.MixedRecipients] = (ErrorCategory.InvalidArgument, "Seal a message of its own for those that the message names, ask them for hybrid keys, or say -AllowClassical for all."),
        [StationFault.SealBroken] = (ErrorCategory.SecurityError, "Ask the sender to send it again, whole: it was changed or cut off on the way, or is no sealed message."),
        [StationFault.SealingKeyMissing] = (ErrorCategory.ObjectNotFound, "Bring the sealing keys here from where they are (Export-StationSealingKey, Import-StationSealingKey). What was sealed to removed keys is lost: send the sender the newest card."),
        [StationFault.MessageExpired] = (ErrorCategory.PermissionDenied, "Ask the sender to send it again, and look at this machine's clock."),
        [StationFault.MailboxUnavailable] = (ErrorCategory.ResourceUnavailable, "Look at the address, at whether the server runs or the folder can be written, and at the credentials (Connect-StationMailbox -CredentialPath). What was sent stays where it was; try again."),
        [StationFault.MailboxFull] = (ErrorCategory.LimitsExceeded, "Have the recipient read its mail (Receive-StationMessage -Mailbox), make room on the disk, or raise the server's quota; then send again."),
        [StationFault.LeaseLost] = (ErrorCategory.OperationTimeout, "Nothing is lost: the message is given out again, marked Redelivered. Make what the script does with it bear being done twice."),
        [StationFault.UnsafeName] = (ErrorCategory.SecurityError, "Give the file another name, or look at what is in the way: no name from a peer may lead out of the folder."),
        [StationFault.TransferLimit] = (ErrorCategory.LimitsExceeded, "If the peer may send more, take more: -MaxBytes, -MaxFiles."),
        [StationFault.ContentMismatch] = (ErrorCategory.InvalidData, "Send it again. If it repeats, the sender's program or disk is at fault."),
        [StationFault.SourceChanged] = (ErrorCategory.InvalidData, "Send it again when nobody writes to it, or send a copy."),
        [StationFault.TransferCanceled] = (ErrorCategory.OperationStopped, "Send it again: it goes on where it was."),
        [StationFault.TransferBroken] = (ErrorCategory.ProtocolError, "Send it again. If it repeats, report it with both sides' versions."),
        [StationFault.TransferBusy] = (ErrorCategory.ResourceBusy, "Wait until the other transfer is over: Get-StationTransfer."),
        [StationFault.InvalidParameter] = (ErrorCategory.InvalidData, "Use one of the named groups of RFC 7919 or RFC 3526, and a public value made for it."),
    };

    private const string ForeignFile = "Find out who put the file there. If it is right, put a copy of your own in its place.";

    private const string Link = "A store holds no links: put the file itself there, in the link's place.";

    // Advice that depends on what the failure is about.
    private static readonly Dictionary<(StationFault Fault, StationSubject Subject), string> s_actions = new()
    {
        [(StationFault.NotFound, StationSubject.File)] = "Look at the path: it is relative to the current folder, and * ? [ are wildcards in -Path, not in -LiteralPath.",
        [(StationFault.NotFound, StationSubject.Folder)] = "Look at the path; make the folder first: New-Item -ItemType Directory.",
        [(StationFault.NotFound, StationSubject.Key)] = "Look at the name. Get-StationKeyPair lists the keys of the store, -KeyStore names another, New-StationKeyPair -Name makes one.",
        [(StationFault.NotFound, StationSubject.Peer)] = "Look at the name or fingerprint. Get-StationPeer lists the peers of the store, -TrustStore names another, Add-StationPeer adds one.",
        [(StationFault.NotFound, StationSubject.Protocol)] = "Look at the name. Get-StationProtocol lists what there is.",
        [(StationFault.NotFound, StationSubject.LegacyProtocols)] = "Install the module with its old protocols, or do without: the station's own need nothing else.",
        [(StationFault.NotFound, StationSubject.Session)] = "Look at the id. Get-StationSession lists the sessions of this process; those of others cannot be reached.",
        [(StationFault.NotFound, StationSubject.Listener)] = "Look at the id. Get-StationListener lists the listeners of this process; those of others cannot be reached.",
        [(StationFault.NotFound, StationSubject.Notary)] = "Look at the id. Get-StationNotary lists the notaries of this process; those of others cannot be reached.",
        [(StationFault.NotFound, StationSubject.NotaryLog)] = "Give the path of the log, as it was given to Start-StationNotary -LogPath.",
        [(StationFault.NotFound, StationSubject.StationLog)] = "Look at the path. Get-StationLog lists the logs that this process writes; those of others cannot be reached.",
        [(StationFault.NotFound, StationSubject.DhServer)] = "Start one: Start-DhServer. Get-DhServer lists those of this process.",
        [(StationFault.NotFound, StationSubject.Handler)] = "Look at the name. Get-StationHandler lists, on the side that answers, the handlers of its listeners and sessions; Register-StationHandler adds one.",
        [(StationFault.UnknownService, StationSubject.Receipt)] = "The messages are delivered. Ask the receiver's owner to sign: -AllowSignedReceipt of Start-StationListener and Connect-Station.",
        [(StationFault.PeerRefused, StationSubject.Handler)] = "Ask again later.",
        [(StationFault.InvalidKey, StationSubject.OpenFolder)] = "Look through the folder that the message names, then make it its owner's alone: chmod 700 PATH.",
        [(StationFault.InvalidKey, StationSubject.OpenFile)] = "Others may know the key by now: take another, or make the file its owner's alone: chmod 600 FILE.",
        [(StationFault.InvalidKey, StationSubject.ForeignFile)] = ForeignFile,
        [(StationFault.InvalidKey, StationSubject.Link)] = Link,
        [(StationFault.InvalidKey, StationSubject.PublicKeyFile)] = "Delete the public file that the message names; it is written anew from the private key.",
        [(StationFault.InvalidKey, StationSubject.KeyDerivation)] = "Convert the key with fewer rounds; PBKDF2 may have 2,000,000: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE -out NEWFILE. An OpenSSH key may have 256, of bcrypt: ssh-keygen -p -a 100 -f COPY.",
        [(StationFault.TrustStoreInsecure, StationSubject.OpenFile)] = "Look whether the file is what you wrote, then make it its owner's alone: chmod 600 FILE.",
        [(StationFault.TrustStoreInsecure, StationSubject.ForeignFile)] = ForeignFile,
        [(StationFault.TrustStoreInsecure, StationSubject.Link)] = Link,
        [(StationFault.InvalidKey, StationSubject.SealingKey)] = "Look at the file that the message names: restore it, or bring the sealing keys from another machine (Import-StationSealingKey -Force).",
        [(StationFault.AlreadyExists, StationSubject.SealingKey)] = "Choose another name, or replace the other identity's sealing keys with -Force: what was sealed to them is lost then.",
        [(StationFault.PeerUntrusted, StationSubject.Anonymous)] = "Say -AllowAnonymous if you take messages of which nobody says who made them; with -Raw for a plain age file.",
        [(StationFault.WrongPassphrase, StationSubject.State)] = "Give the passphrase that the state was made with: -StatePassphrase.",
        [(StationFault.PeerUntrusted, StationSubject.SealedMessage)] = "Ask the sender for its card by another way, compare the fingerprint, then: Import-StationCard FILE | Add-StationPeer -Name NAME. Or take it as it is, marked as not verified: -AllowUnknownSender.",
        [(StationFault.PeerUntrusted, StationSubject.Mail)] = "If this sender may mail: Set-StationPeer -Accept or -Capability mail, of a stranger Add-StationPeer with its card. Then put the letter back into the mail: Receive-StationMessage -Mailbox -Dead -Manual | Deny-StationMessage.",
        [(StationFault.InvalidKey, StationSubject.AgeKey)] = "Copy it again, whole and in one line, from where age-keygen wrote it: recipients begin with age1, identities with AGE-SECRET-KEY-.",
        [(StationFault.WrongPassphrase, StationSubject.Certificate)] = "Give the certificate file's password with -CertificatePassword.",
        [(StationFault.NotFound, StationSubject.Transfer)] = "Look at the id. Get-StationTransfer lists the transfers of this process that go on, and the last that have ended.",
        [(StationFault.UnknownService, StationSubject.PeersFile)] = "Ask the peer to take files: Receive-StationFile -Wait, or Start-StationListener -ReceiveFolder.",
        [(StationFault.NotAllowed, StationSubject.PeersFile)] = "Ask the peer's owner to let this station send files: Set-StationPeer -Capability.",
        [(StationFault.AlreadyExists, StationSubject.PeersFile)] = "Send it under another name, or ask the peer to replace files: Receive-StationFile -Force.",
        [(StationFault.StorageFailed, StationSubject.PeersFile)] = "Ask the peer to look at its disk and folder, then send it again: it goes on where it was.",
        [(StationFault.TransferLimit, StationSubject.PeersFile)] = "Ask the peer to take more: -MaxBytes, -MaxFiles.",
        [(StationFault.AlreadyExists, StationSubject.Peer)] = "Give the peer another name or address, change its record with Set-StationPeer, or have the new one take its place: Add-StationPeer -Replace.",
        [(StationFault.InvalidParameter, StationSubject.WeakParameter)] = "Use a group of 2048 bits or more, such as ffdhe3072. For teaching, -AllowWeakParameter takes primes from 512 bits.",
        [(StationFault.InvalidArgument, StationSubject.WeakParameter)] = "Take 2048 bits or more. For teaching, -AllowWeakParameter takes primes from 512 bits.",
        [(StationFault.ConnectFailed, StationSubject.UnixSocket)] = "Look at the path (it is relative to the current folder), whether the listener runs, and as which user: its socket is for that user alone.",
        [(StationFault.ConnectFailed, StationSubject.Proxy)] = "Look at -Proxy, and whether that proxy may connect to the listener's host and port and finds it; it resolves the name itself.",
        [(StationFault.ProxyFailed, StationSubject.ProxyLogin)] = "Give the login of the proxy: -ProxyCredential (Get-Credential).",
        [(StationFault.ListenFailed, StationSubject.UnixSocket)] = "Choose another path, in a folder where you may write. A socket that nobody listens at is removed by itself if it is yours; anything else you would have to remove.",
        [(StationFault.ConnectFailed, StationSubject.WebServer)] = "Look at the address, its scheme and port, and whether the notary runs and a firewall or proxy lets you through.",
        [(StationFault.ConnectFailed, StationSubject.Tls)] = "Look whether that port speaks https, and at its certificate: its name must be the one in the address, and it must lead to an authority that this system trusts.",
        [(StationFault.TimestampRejected, StationSubject.WebServer)] = "Look at the address: that server answers there, but not as a timestamp authority. Where it names another, ask there if you trust it: -Uri.",
    };

    /// <summary>The error of a fault of the core. Its id is the fault's name.</summary>
    public static StationError Of(StationFault fault, StationSubject subject = StationSubject.None) =>
        s_faults.TryGetValue(fault, out (ErrorCategory Category, string Action) entry)
            ? new StationError(fault.ToString(), entry.Category, s_actions.GetValueOrDefault((fault, subject), entry.Action))
            : new StationError(fault.ToString(), Unexpected.Category, Unexpected.RecommendedAction);

    /// <summary>The error of a peer's handler: id and category are what it says there.</summary>
    private static StationError OfHandler(RequestFailedException failed) => Of(StationFault.HandlerFailed) with
    {
        Id = failed.ErrorId,
        Category = Enum.TryParse(failed.Category, out ErrorCategory category) && Enum.IsDefined(category) ? category : ErrorCategory.NotSpecified,
    };

    /// <summary>Whether the table has the fault; a test asks it for each.</summary>
    internal static bool Knows(StationFault fault) => s_faults.ContainsKey(fault);

    /// <summary>The record of any exception that a cmdlet meets.</summary>
    public static ErrorRecord Record(Exception exception, object? target) => exception switch
    {
        RequestFailedException { ErrorId.Length: > 0 } failed => Record(failed, OfHandler(failed), target),
        StationException station => Record(station, Of(station.Fault, station.Subject), target),
        UnauthorizedAccessException => Record(exception, AccessDenied, target),
        IOException => Record(exception, InputOutput, target),
        _ => Record(exception, Unexpected, target),
    };

    /// <summary>The record of an exception with an error of this table.</summary>
    public static ErrorRecord Record(Exception exception, StationError error, object? target) =>
        new(exception, error.Id, error.Category, target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = error.RecommendedAction },
        };

    /// <summary>The record of an error that has no exception of its own.</summary>
    public static ErrorRecord Record(string message, StationError error, object? target) =>
        Record(new InvalidOperationException(message), error, target);
}
