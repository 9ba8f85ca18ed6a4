namespace SecureStation.Core;

/// <summary>
/// Why an operation failed. The names are contract: the PowerShell module uses them as error ids.
/// </summary>
public enum StationFault
{
    /// <summary>The caller gave an argument that cannot be used.</summary>
    InvalidArgument,

    /// <summary>A named thing (key, peer, session) does not exist.</summary>
    NotFound,

    /// <summary>A named thing exists already and was not to be replaced.</summary>
    AlreadyExists,

    /// <summary>A key or key file is malformed, of an unusable type, or too large.</summary>
    InvalidKey,

    /// <summary>The passphrase is missing or does not open the key file.</summary>
    WrongPassphrase,

    /// <summary>An invitation URI is malformed or its secret is unusable.</summary>
    InvalidInvitation,

    /// <summary>The invitation had expired when its first message arrived, or was withdrawn.</summary>
    InvitationExpired,

    /// <summary>Another identity has already used the invitation.</summary>
    InvitationUsed,

    /// <summary>A transcript's file is malformed or too large.</summary>
    InvalidTranscript,

    /// <summary>The peer's key is not one that this station was told to accept.</summary>
    PeerUntrusted,

    /// <summary>The address is pinned to another key than the one that answered.</summary>
    PeerKeyChanged,

    /// <summary>One name or key stands in more than one record of the trust store.</summary>
    PeerAmbiguous,

    /// <summary>A file of the trust store does not match its checksum or form.</summary>
    TrustStoreDamaged,

    /// <summary>Others can write to the trust store's directory.</summary>
    TrustStoreInsecure,

    /// <summary>A file or folder of keys or peers could not be read or written: missing rights, a full disk, a lock that is not released.</summary>
    StorageFailed,

    /// <summary>The TCP connection could not be made.</summary>
    ConnectFailed,

    /// <summary>The listener could not bind to its address.</summary>
    ListenFailed,

    /// <summary>The handshake failed; <see cref="StationException.Stage"/> says where.</summary>
    HandshakeFailed,

    /// <summary>The peer refused this station inside the authenticated channel.</summary>
    PeerRefused,

    /// <summary>The peer broke the protocol; the session has ended.</summary>
    ProtocolError,

    /// <summary>A transport message could not be decrypted; the session has ended.</summary>
    DecryptionFailed,

    /// <summary>Nothing came in the time allowed.</summary>
    Timeout,

    /// <summary>The stream ended without the peer's Close: what was still to come is lost.</summary>
    Truncated,

    /// <summary>The session was closed.</summary>
    SessionClosed,

    /// <summary>A state file is in use, damaged, of another station or a newer version, or could not be written: what was not stored does not count.</summary>
    StateFailed,

    /// <summary>The session was cut, and will not be resumed: the peer keeps it no longer, or did not come back in time.</summary>
    SessionLost,

    /// <summary>The session was resumed on another connection; what was made with the keys of the one before has ended.</summary>
    SessionResumed,

    /// <summary>The peer closed before it had taken the message into its inbox.</summary>
    Undelivered,

    /// <summary>The message is larger than the peer or this station allows.</summary>
    MessageTooLarge,

    /// <summary>The body of a message is not what its kind says.</summary>
    MalformedBody,

    /// <summary>The peer offers no service of that name on this session.</summary>
    UnknownService,

    /// <summary>The peer does not let this station use that service, or that handler.</summary>
    NotAllowed,

    /// <summary>Whether the peer has the message, or has done what it was asked to do, cannot be known: the session ended while it was on its way.</summary>
    Unknown,

    /// <summary>The peer's handler of a request failed.</summary>
    HandlerFailed,

    /// <summary>A signed receipt is not for what was sent, or its signature is wrong.</summary>
    ReceiptMismatch,

    /// <summary>A receipt's file or text is malformed or too large.</summary>
    InvalidReceipt,

    /// <summary>A protected message was seen before.</summary>
    Replayed,

    /// <summary>A protected message came before one that is still missing.</summary>
    OutOfOrder,

    /// <summary>The step is not possible in the state the object is in.</summary>
    InvalidState,

    /// <summary>An insecure legacy protocol was asked for without saying so.</summary>
    LegacyNotAllowed,

    /// <summary>Diffie-Hellman parameters or public values are not acceptable.</summary>
    InvalidParameter,

    /// <summary>The timestamp authority answered, and gave no token; the message has its status and failure info (RFC 3161, 2.4.2).</summary>
    TimestampRejected,

    /// <summary>A timestamp request, response or token is not well-formed.</summary>
    TimestampMalformed,

    /// <summary>The signature of a timestamp token is wrong, or does not name the certificate that made it.</summary>
    TimestampSignatureInvalid,

    /// <summary>A timestamp is of another document.</summary>
    TimestampImprintMismatch,

    /// <summary>A timestamp answers another request: its nonce is not the one that was sent.</summary>
    TimestampNonceMismatch,

    /// <summary>A timestamp was issued under another policy than was asked for.</summary>
    TimestampPolicyMismatch,

    /// <summary>A timestamp uses a hash that is not SHA-256, SHA-384 or SHA-512.</summary>
    TimestampAlgorithmRefused,

    /// <summary>A timestamp's certificate is not in the token, and was not given either.</summary>
    TimestampCertificateMissing,

    /// <summary>A timestamp's certificate is not for timestamps: it lacks the critical extended key usage timeStamping, or has others.</summary>
    TimestampCertificateUnsuitable,

    /// <summary>A timestamp's certificate was not valid at the time that the timestamp says.</summary>
    TimestampCertificateExpired,

    /// <summary>A timestamp's certificate does not lead to a trusted one.</summary>
    TimestampCertificateUntrusted,

    /// <summary>A notary log does not fit together: entries edited, out of order, missing or cut off.</summary>
    NotaryLogDamaged,

    /// <summary>A station log does not end as one does, so nothing can be appended to it.</summary>
    LogDamaged,

    /// <summary>A card is malformed.</summary>
    InvalidCard,

    /// <summary>A card is not signed by the identity that it names, or that identity is not the one pinned.</summary>
    CardNotTrusted,

    /// <summary>A card's time is over.</summary>
    CardExpired,

    /// <summary>A card's time has not begun.</summary>
    CardNotYetValid,

    /// <summary>A card is older than the one that is held of the same identity.</summary>
    CardOlder,

    /// <summary>Two cards of one identity have the same serial and say different things.</summary>
    CardConflict,

    /// <summary>No card is held of a peer, so nothing can be sealed for it.</summary>
    NoCard,

    /// <summary>A sealed message does not name its reader: it was sealed for others.</summary>
    NotARecipient,

    /// <summary>Not every recipient can be sealed for in the same way: some have keys that quantum computers could break.</summary>
    MixedRecipients,

    /// <summary>A sealed message is malformed, changed, cut off, or not signed by the sender that it names.</summary>
    SealBroken,

    /// <summary>The sealing key that opens it is not here: it was removed, or is on another machine, or there are none yet.</summary>
    SealingKeyMissing,

    /// <summary>A sealed message's time is over.</summary>
    MessageExpired,

    /// <summary>The mailbox cannot be used: not reachable, no rights, wrong credentials, a broken folder; the message has what the engine said.</summary>
    MailboxUnavailable,

    /// <summary>The mailbox has no room for the message: a quota, or a full disk. Nothing was put.</summary>
    MailboxFull,

    /// <summary>The lease of a message has run out, and another consumer may have it: nothing was done to it.</summary>
    LeaseLost,

    /// <summary>A name that a peer gave a file cannot be one here, or leads out of the folder; or a name that cannot be sent.</summary>
    UnsafeName,

    /// <summary>A peer sent more bytes or files than it may.</summary>
    TransferLimit,

    /// <summary>What came of a file is not what its hashes say.</summary>
    ContentMismatch,

    /// <summary>A file changed while it was sent.</summary>
    SourceChanged,

    /// <summary>A transfer was stopped, here or by the peer.</summary>
    TransferCanceled,

    /// <summary>The peer broke the protocol of transfers; this transfer has ended, the session goes on.</summary>
    TransferBroken,

    /// <summary>The file is on its way already, or too many are.</summary>
    TransferBusy,

    /// <summary>A proxy asks for another login, or what answers is no such proxy.</summary>
    ProxyFailed,
}
