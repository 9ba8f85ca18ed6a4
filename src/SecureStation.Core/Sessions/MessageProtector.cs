using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Sessions;

/// <summary>
/// Protects single messages for any channel, with keys of its own that are exported from a handshake (labels <c>protect i</c> and
/// <c>protect r</c>, by the sender's role; 32 bytes; the cipher of the suite): the cipher states of a live session are never touched.
/// See <see cref="ProtectedMessage"/> for the form. One counter a direction; no rekey; a direction ends after 2^32 messages.
/// Thread-safe.
/// </summary>
public sealed class MessageProtector : IDisposable
{
    /// <summary>How many messages one direction may have.</summary>
    public const ulong MaxMessages = 1ul << 32;

    private const string InitiatorLabel = "protect i";
    private const string ResponderLabel = "protect r";

    private readonly StationSession _session;
    private readonly AeadCipher? _sending;
    private readonly AeadCipher? _receiving;
    private readonly ReplayWindow _received = new();
    private readonly Lock _gate = new();
    private StationException? _over;

    /// <param name="session">Whose messages these are.</param>
    /// <param name="cipher">The suite's cipher function.</param>
    /// <param name="export">The session's exporter.</param>
    /// <param name="isOneWay">Whether only the initiator sends (Noise's one-way patterns).</param>
    internal MessageProtector(StationSession session, string cipher, Func<string, int, byte[]> export, bool isOneWay)
    {
        _session = session;
        bool isInitiator = session.Role == StationRole.Initiator;
        _sending = isOneWay && !isInitiator ? null : CreateCipher(cipher, export, ofInitiator: isInitiator);
        try
        {
            _receiving = isOneWay && isInitiator ? null : CreateCipher(cipher, export, ofInitiator: !isInitiator);
        }
        catch
        {
            // The session has ended between the two.
            _sending?.Dispose();
            throw;
        }
    }

    /// <summary>The exporter's labels that are taken: what they give are keys of protected messages.</summary>
    public static IReadOnlyList<string> Labels { get; } = [InitiatorLabel, ResponderLabel];

    /// <summary>The number of the next message protected.</summary>
    public ulong NextNumber { get; private set; }

    /// <summary>The number that is due next from the peer where messages come in order.</summary>
    public ulong NextExpected => _received.Next;

    /// <summary>For tests of the end: continues as if so many messages had been protected.</summary>
    internal void SkipTo(ulong number) => NextNumber = number;

    /// <summary>Protects a message; its headers are not carried.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.MessageTooLarge"/>; <see cref="StationFault.InvalidArgument"/>: a service message; <see cref="StationFault.InvalidState"/>: 2^32 messages have been protected, the session is over,
    /// or this side of a one-way pattern never sends.
    /// </exception>
    public ProtectedMessage Protect(OutgoingMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Body.Length > ProtectedMessage.MaxBodyLength)
        {
            throw new StationException(StationFault.MessageTooLarge, $"A protected message has a body of {ProtectedMessage.MaxBodyLength} bytes at most, not {message.Body.Length}.");
        }

        if (!IsKind((byte)message.Kind))
        {
            throw new StationException(StationFault.InvalidArgument, $"A message of kind {message.Kind} belongs to a live session and cannot be protected.");
        }

        byte[] plaintext = new byte[1 + message.Body.Length];
        plaintext[0] = (byte)message.Kind;
        message.Body.Span.CopyTo(plaintext.AsSpan(1));
        byte[] bytes = new byte[sizeof(ulong) + plaintext.Length + AeadCipher.TagLength];
        lock (_gate)
        {
            AeadCipher cipher = Ready(_sending, "sends");
            if (NextNumber >= MaxMessages)
            {
                throw new StationException(StationFault.InvalidState, "All 2^32 numbers of protected messages are used up; a new handshake is needed.");
            }

            BinaryPrimitives.WriteUInt64BigEndian(bytes, NextNumber);
            Span<byte> ciphertext = bytes.AsSpan(sizeof(ulong), plaintext.Length);
            cipher.Encrypt(NextNumber, [], plaintext, ciphertext, bytes.AsSpan(sizeof(ulong) + plaintext.Length));
            NextNumber++;
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return new ProtectedMessage(bytes);
    }

    /// <summary>Reads a protected message of the peer. A failure moves nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="allowReorder">
    /// Whether messages may be missing and come in any order, each once, up to 1,024 behind the newest; otherwise each must follow the one before.
    /// </param>
    /// <returns>The message; its id is n + 1, its session the protector's.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.Replayed"/>: it was taken before, or is older than the window; <see cref="StationFault.OutOfOrder"/>: one before it is missing;
    /// <see cref="StationFault.DecryptionFailed"/>: it was altered or is not for this session and direction; <see cref="StationFault.InvalidState"/>:
    /// the session is over, or this side of a one-way pattern never receives.
    /// </exception>
    public StationMessage Unprotect(ProtectedMessage message, bool allowReorder = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        ulong number = message.Number;
        ReadOnlySpan<byte> ciphertext = message.Span[sizeof(ulong)..^AeadCipher.TagLength];
        byte[] plaintext = new byte[ciphertext.Length];
        lock (_gate)
        {
            AeadCipher cipher = Ready(_receiving, "receives");
            CheckNumber(number, allowReorder);
            try
            {
                cipher.Decrypt(number, [], ciphertext, message.Span[^AeadCipher.TagLength..], plaintext);
            }
            catch (CryptographicException e)
            {
                throw new StationException(StationFault.DecryptionFailed, $"The protected message {number} cannot be read: it was altered, or is not meant for this side of this session.", e);
            }

            if (!IsKind(plaintext[0]))
            {
                throw new StationException(StationFault.ProtocolError, $"The protected message {number} has the unknown kind {plaintext[0]}.");
            }

            _received.Take(number);
        }

        return new StationMessage(_session, number + 1, inReplyTo: 0, (StationMessageKind)plaintext[0], headers: [], plaintext[1..]) { ReceivedAt = DateTimeOffset.UtcNow };
    }

    /// <summary>Frees both keys.</summary>
    public void Dispose() => End(new StationException(StationFault.InvalidState, "The session is over; its keys are gone."));

    /// <summary>The session goes on with another connection, and another protector.</summary>
    internal void EndByResume() => End(new StationException(
        StationFault.SessionResumed, "The session was resumed on another connection, so the keys of its protected messages have changed on both sides: protect the message anew."));

    private void End(StationException over)
    {
        lock (_gate)
        {
            _over ??= over;
            _sending?.Dispose();
            _receiving?.Dispose();
        }
    }

    private void CheckNumber(ulong number, bool allowReorder)
    {
        if (number >= MaxMessages)
        {
            throw new StationException(StationFault.DecryptionFailed, $"No protected message has the number {number}; the last is 2^32 - 1.");
        }

        if (_received.IsTaken(number) || (!allowReorder && number < _received.Next))
        {
            throw new StationException(StationFault.Replayed, $"The protected message {number} was taken before, or is too old to tell; {_received.Next} is due.");
        }

        if (!allowReorder && number > _received.Next)
        {
            throw new StationException(StationFault.OutOfOrder, $"The protected message {number} came before {_received.Next}, which is missing.");
        }
    }

    private static bool IsKind(byte kind) => (StationMessageKind)kind is StationMessageKind.Text or StationMessageKind.Bytes or StationMessageKind.Object;

    private AeadCipher Ready(AeadCipher? cipher, string verb) => _over is { } over
        ? throw new StationException(over.Fault, over.Message)
        : cipher ?? throw new StationException(StationFault.InvalidState, $"This side of a one-way pattern never {verb}.");

    private static AeadCipher CreateCipher(string cipher, Func<string, int, byte[]> export, bool ofInitiator)
    {
        byte[] key = export(ofInitiator ? InitiatorLabel : ResponderLabel, AeadCipher.KeyLength);
        try
        {
            return AeadCipher.Create(cipher, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
