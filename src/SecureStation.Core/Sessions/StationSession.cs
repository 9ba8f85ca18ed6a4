using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Auditing;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sessions;

/// <summary>
/// A conversation with one peer: messages in order, both ways. Thread-safe. What every protocol shares; see <see cref="SecureSession"/>
/// for the station protocol.
/// </summary>
public abstract class StationSession : IAsyncDisposable, IMessageCounts
{
    private readonly Lock _protectorGate = new();
    private MessageProtector? _protector;
    private bool _isProtectorEnded;
    private int _notesDigests;
    private volatile PeerCapabilities _capabilities;

    /// <summary>For protocols that make their own sessions.</summary>
    protected StationSession(SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        Description = description;
        Inbox = new Inbox(SharedEnd);
        _capabilities = description.Capabilities;
    }

    /// <summary>What the handshake established.</summary>
    public virtual SessionDescription Description { get; }

    /// <inheritdoc cref="SessionDescription.Id"/>
    public string Id => Description.Id;

    /// <inheritdoc cref="SessionDescription.Protocol"/>
    public string Protocol => Description.Protocol;

    /// <inheritdoc cref="SessionDescription.Suite"/>
    public string Suite => Description.Suite;

    /// <inheritdoc cref="SessionDescription.Security"/>
    public string Security => Description.Security;

    /// <inheritdoc cref="SessionDescription.IsSecure"/>
    public bool IsSecure => Description.IsSecure;

    /// <inheritdoc cref="SessionDescription.Role"/>
    public StationRole Role => Description.Role;

    /// <inheritdoc cref="SessionDescription.LocalAddress"/>
    public string LocalAddress => Description.LocalAddress;

    /// <inheritdoc cref="SessionDescription.RemoteAddress"/>
    public string RemoteAddress => Description.RemoteAddress;

    /// <inheritdoc cref="SessionDescription.LocalPublicKey"/>
    public StationPublicKey? LocalPublicKey => Description.LocalPublicKey;

    /// <inheritdoc cref="SessionDescription.IsLocalKeyTemporary"/>
    public bool IsLocalKeyTemporary => Description.IsLocalKeyTemporary;

    /// <inheritdoc cref="SessionDescription.RemotePublicKey"/>
    public StationPublicKey? RemotePublicKey => Description.RemotePublicKey;

    /// <summary>The fingerprint of this side's identity, <c>SHA256:…</c>.</summary>
    public string? LocalFingerprint => LocalPublicKey?.Fingerprint.ToString();

    /// <summary>The fingerprint of the peer's identity, <c>SHA256:…</c>.</summary>
    public string? RemoteFingerprint => RemotePublicKey?.Fingerprint.ToString();

    /// <inheritdoc cref="SessionDescription.PeerName"/>
    public string? PeerName => Description.PeerName;

    /// <inheritdoc cref="SessionDescription.TrustBasis"/>
    public TrustBasis TrustBasis => Description.TrustBasis;

    /// <summary>The services that the peer may use in this session; empty: all that are offered. A listener's sessions follow the trust store.</summary>
    public PeerCapabilities Capabilities
    {
        get => _capabilities;
        internal set => _capabilities = value;
    }

    /// <summary>Whether what a receipt says of each message that comes is worked out, on the reading thread.</summary>
    internal bool NotesDigests => Volatile.Read(ref _notesDigests) != 0;

    /// <inheritdoc cref="SessionDescription.ConnectedAt"/>
    public DateTimeOffset ConnectedAt => Description.ConnectedAt;

    /// <inheritdoc cref="SessionDescription.HandshakeHash"/>
    public ReadOnlyMemory<byte> HandshakeHash => Description.HandshakeHash;

    /// <summary>Whether messages can be sent, are coming to an end, or are over.</summary>
    public abstract StationSessionState State { get; }

    /// <summary>Why the session ended; null while it lives.</summary>
    public StationException? EndReason => Inbox.End;

    /// <summary>Messages given to the peer's connection.</summary>
    public abstract long MessagesSent { get; }

    /// <summary>Messages that came in whole.</summary>
    public abstract long MessagesReceived { get; }

    /// <summary>Body bytes of the messages sent.</summary>
    public abstract long BytesSent { get; }

    /// <summary>Body bytes of the messages that came in whole.</summary>
    public abstract long BytesReceived { get; }

    /// <summary>After the end: messages accepted for sending that the peer is not known to have; 0 while the session lives.</summary>
    public virtual long MessagesUndelivered => 0;

    /// <summary>Messages that wait to be received.</summary>
    public int InboxCount => Inbox.Count;

    /// <summary>Protects single messages for other channels, with keys of its own; made when it is first asked for.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the protocol has no exporter, or the session is over.</exception>
    public MessageProtector Protector
    {
        get
        {
            lock (_protectorGate)
            {
                if (_isProtectorEnded && _protector is null)
                {
                    throw new StationException(StationFault.InvalidState, "The session is over; its keys are gone.");
                }

                return _protector ??= ProtocolName.TryParse(Suite, out ProtocolName? noise)
                    ? new MessageProtector(this, noise.Cipher, Export, noise.Pattern.IsOneWay)
                    : throw NoExporter();
            }
        }
    }

    /// <summary>Whether the programs that speak the protocol do so strictly in turn, one message each, who connected first.</summary>
    public virtual bool TakesTurns => false;

    /// <summary>The handshake of a legacy protocol, message by message; empty for the station protocol, whose steps are in <see cref="Description"/>.</summary>
    public virtual IReadOnlyList<ProtocolStep> ProtocolSteps => [];

    internal Inbox Inbox { get; }

    /// <summary>Why it is over, kept once for the inbox and for what decides.</summary>
    internal SessionEnd SharedEnd { get; } = new();

    /// <summary>
    /// Accepts a message into the outbox, waiting while it is full (the peer reads slowly), and returns the message's id.
    /// </summary>
    /// <param name="message">The message; its body must not change until the peer has it or the session has ended.</param>
    /// <param name="cancellationToken">Ends the wait for room; a message that was accepted is sent all the same.</param>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/> and the other reasons of an end; <see cref="StationFault.MessageTooLarge"/>.</exception>
    public abstract ValueTask<ulong> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="SendAsync"/>, but does not wait until a state has stored the message, which <see cref="WaitStoredAsync"/> does: for who has many to send,
    /// so that they share a commit. Without a state they are the same.
    /// </summary>
    /// <inheritdoc cref="SendAsync"/>
    public virtual ValueTask<ulong> QueueAsync(OutgoingMessage message, CancellationToken cancellationToken = default) => SendAsync(message, cancellationToken);

    /// <summary>Waits until the message with this id, and all before it, are as safe as they get on this side: stored where there is a state.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StateFailed"/> and the other reasons of an end: it is not stored, or that cannot be known.</exception>
    public virtual Task WaitStoredAsync(ulong id, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Waits until the peer has the message with this id in its inbox.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Undelivered"/>: the session ended before.</exception>
    public abstract Task WaitDeliveredAsync(ulong id, CancellationToken cancellationToken = default);

    /// <summary>Ends the session in order: what is in the outbox goes out first. Does nothing on a session that has ended.</summary>
    public abstract Task CloseAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the session at once; what is in flight is lost.</summary>
    public abstract void Abort();

    /// <summary>
    /// Secret bytes that both sides can compute and nobody else, different for each label and session: a channel binding.
    /// See <see cref="TransportState.Export"/>.
    /// </summary>
    /// <param name="label">What they are for.</param>
    /// <param name="length">1 to 8,160 bytes.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the protocol has no exporter, or the session is over.</exception>
    public virtual byte[] Export(string label, int length) => throw NoExporter();

    /// <summary>Takes the next message, waiting for it.</summary>
    /// <exception cref="StationException">The session has ended and its inbox is empty: <see cref="EndReason"/>.</exception>
    public ValueTask<StationMessage> ReceiveAsync(CancellationToken cancellationToken = default) =>
        Inbox.TryTake(out StationMessage? message) ? new(message) : new(Inbox.TakeAsync(CreateEndException, cancellationToken));

    /// <summary>Takes the next message if one is there.</summary>
    public bool TryReceive([NotNullWhen(true)] out StationMessage? message) => Inbox.TryTake(out message);

    /// <summary>Takes the oldest message of several sessions, waiting for it. Sessions that have ended and are empty are passed over.</summary>
    /// <exception cref="StationException">All of them have ended and are empty: the reason of the first.</exception>
    public static Task<StationMessage> ReceiveAnyAsync(IReadOnlyCollection<StationSession> sessions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        return sessions.Count == 0
            ? throw new StationException(StationFault.InvalidArgument, "There is no session to receive from.")
            : sessions.Count == 1 ? sessions.First().ReceiveAsync(cancellationToken).AsTask() : SessionsTogether.ReceiveAsync(sessions, cancellationToken);
    }

    /// <summary>The <see cref="Id"/>.</summary>
    public override string ToString() => Id;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the session because its peer is accepted no longer: from now on nothing of it gets in. What came before stays readable.</summary>
    internal virtual void Revoke() => Abort();

    /// <summary>From now on digests are noted. False: they are already.</summary>
    internal bool TryNoteDigests() => Interlocked.Exchange(ref _notesDigests, 1) == 0;

    /// <summary>Forgets the keys of protected messages; no new ones are made.</summary>
    private protected void EndProtector()
    {
        lock (_protectorGate)
        {
            _isProtectorEnded = true;
            _protector?.Dispose();
        }
    }

    /// <summary>The keys of protected messages have changed with the connection; the next one asked for has new ones.</summary>
    private protected void RenewProtector()
    {
        lock (_protectorGate)
        {
            _protector?.EndByResume();
            _protector = null;
        }
    }

    /// <summary>Makes a text message of this session whose text was read already; <see cref="StationMessage.BodyBytes"/> stays what came.</summary>
    /// <param name="id">1, 2, 3 …</param>
    /// <param name="body">The bytes, without padding or name; not copied.</param>
    /// <param name="text">The same as text.</param>
    /// <param name="sender">Who is said to have written it.</param>
    /// <param name="isBroadcast">Whether a server passed it on.</param>
    protected StationMessage CreateTextMessage(ulong id, byte[] body, string text, string? sender = null, bool isBroadcast = false) =>
        new StationMessage(this, id, inReplyTo: 0, StationMessageKind.Text, [], body) { Sender = sender, IsBroadcast = isBroadcast }.WithBody(text);

    /// <summary>Puts a message into the inbox. False: the session has ended.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the inbox is overfull.</exception>
    protected bool Deliver(StationMessage message) => Inbox.Add([message], DateTimeOffset.UtcNow);

    /// <summary>Waits until the inbox holds fewer messages than this: a protocol without a window stops reading meanwhile.</summary>
    protected async ValueTask WhenInboxBelowAsync(int messages, CancellationToken cancellationToken)
    {
        while (InboxCount >= messages)
        {
            Task taken = Inbox.Room.Arm();
            if (InboxCount >= messages)
            {
                await taken.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says why nothing more will come; what is in the inbox stays readable. The first reason stays.</summary>
    protected void Finish(StationException reason) => Inbox.Finish(reason);

    /// <summary>A fresh exception with the reason of this session's end.</summary>
    protected internal StationException CreateEndException()
    {
        StationException end = EndReason ?? new StationException(StationFault.SessionClosed, "The session is closed.");
        return new StationException(end.Fault, end.Message, end) { Stage = end.Stage, PeerHint = end.PeerHint, PeerFingerprint = end.PeerFingerprint, Address = end.Address };
    }

    private StationException NoExporter() =>
        new(StationFault.InvalidState, $"The protocol {Protocol} makes no keys that can be exported: it has neither channel bindings nor protected messages.");
}
