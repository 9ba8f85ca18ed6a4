using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// The specification's HandshakeState (<see href="https://noiseprotocol.org/noise.html#the-handshakestate-object">section 5.3</see>), with the tokens
/// of the modifier <see href="https://github.com/noiseprotocol/noise_hfs_spec">hfs</see> (its section 4).
/// Both sides take turns with <see cref="WriteMessage"/> and <see cref="ReadMessage"/>, then each calls <see cref="Split"/>.
/// A message that cannot be written or read ends the handshake for good. A call out of turn, or one for which a psk is still missing,
/// changes nothing. Not for several threads at a time.
/// </summary>
public sealed class HandshakeState : IDisposable
{
    /// <summary>The most bytes that a Noise message can have.</summary>
    public const int MaxMessageLength = 65535;

    /// <summary>Bytes in a pre-shared key.</summary>
    public const int PskLength = 32;

    private enum Phase
    {
        Running,
        Complete,
        Failed,
        Spent,
    }

    private readonly HandshakePattern _pattern;
    private readonly SymmetricState _symmetric;
    private readonly NoiseKeyPair? _localStatic;
    private readonly bool _ownsEphemeral;
    private readonly SpareEphemeral? _ephemerals;
    private readonly byte[]?[] _psks;
    private readonly byte[] _sharedSecret = new byte[X25519.KeyLength];
    private readonly MLKem768? _kem;
    private readonly ReadOnlyMemory<byte> _unsafeKemSeed;
    private readonly ReadOnlyMemory<byte> _unsafeKemRandomness;
    private NoiseKeyPair? _localEphemeral;
    private MLKem768PrivateKey? _localKemKey;
    private byte[]? _remoteKemKey;
    private byte[]? _remoteStatic;
    private byte[]? _remoteEphemeral;
    private AgreementAhead? _staticAhead;
    private Phase _phase;
    private int _pskIndex;

    /// <summary>Initialize(): starts a handshake.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: a key that the pattern needs is missing, or one that it does not use is given;
    /// <see cref="StationFault.InvalidKey"/>: a key of the wrong length, or a pre-shared key of zeros only.
    /// </exception>
    public HandshakeState(HandshakeStateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Protocol = options.Protocol;
        IsInitiator = options.IsInitiator;
        _pattern = Protocol.Pattern;
        CheckKeys(options);
        _localStatic = options.LocalStatic;
        _localEphemeral = options.UnsafeLocalEphemeral;
        _ownsEphemeral = _localEphemeral is null;
        _ephemerals = options.Ephemerals;
        _remoteStatic = options.RemoteStatic is { IsEmpty: false } remoteStatic ? remoteStatic.ToArray() : null;
        _kem = _pattern.UsesKem ? options.KemLibrary ?? MLKem768.Library : null;
        _unsafeKemSeed = options.UnsafeKemSeed;
        _unsafeKemRandomness = options.UnsafeKemRandomness;
        _psks = new byte[_pattern.PskCount][];
        for (int i = 0; i < options.Psks.Count; i++)
        {
            if (!options.Psks[i].IsEmpty)
            {
                SetPsk(i, options.Psks[i].Span);
            }
        }

        _symmetric = new SymmetricState(Protocol);
        _symmetric.MixHash(options.Prologue.Span);
        foreach (MessagePattern preMessage in _pattern.PreMessages)
        {
            // The only pre-message of these patterns is s.
            _symmetric.MixHash(preMessage.IsFromInitiator == IsInitiator ? _localStatic!.PublicKey : _remoteStatic);
        }
    }

    /// <summary>The protocol.</summary>
    public ProtocolName Protocol { get; }

    /// <summary>Whether this side sends the first message.</summary>
    public bool IsInitiator { get; }

    /// <summary>How many messages have been written and read.</summary>
    public int MessageIndex { get; private set; }

    /// <summary>Whether every message has been written or read.</summary>
    public bool IsComplete => MessageIndex == _pattern.Messages.Count;

    /// <summary>Whether a message could not be written or read; no step is possible afterwards.</summary>
    public bool HasFailed => _phase == Phase.Failed;

    /// <summary>Whether the next step is this side's <see cref="WriteMessage"/>.</summary>
    public bool IsMyTurn => _phase == Phase.Running && NextMessage!.IsFromInitiator == IsInitiator;

    /// <summary>The tokens and form of the next message, null where none is left.</summary>
    public MessagePattern? NextMessage => IsComplete ? null : _pattern.Messages[MessageIndex];

    /// <summary>Bytes that the next message has beyond its payload; 0 where none is left.</summary>
    public int NextMessageOverhead => NextMessage?.Overhead ?? 0;

    /// <summary>
    /// h, the handshake hash: after the last message both sides have the same, and no other handshake has it
    /// (<see href="https://noiseprotocol.org/noise.html#channel-binding">section 11.2</see>). 32 or 64 bytes. It is not a secret.
    /// Empty after a failure.
    /// </summary>
    public ReadOnlySpan<byte> HandshakeHash => HasFailed ? default : _symmetric.HandshakeHash;

    /// <summary>The peer's static public key; empty until it is known, or where the pattern has none, or after a failure.</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>The peer's ephemeral public key; empty until it is known, or after a failure.</summary>
    public ReadOnlySpan<byte> RemoteEphemeral => _remoteEphemeral;

    /// <summary>Sets a pre-shared key, any time before the message that uses it.</summary>
    /// <param name="position">Which psk token it is for, counted from 0.</param>
    /// <param name="psk">The key, 32 bytes. It is copied.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: the pattern has no such psk token; <see cref="StationFault.InvalidKey"/>: another length, or zeros only, which is no secret;
    /// <see cref="StationFault.InvalidState"/>: it has been used already, or the handshake is over.
    /// </exception>
    public void SetPsk(int position, ReadOnlySpan<byte> psk)
    {
        if (_phase != Phase.Running)
        {
            throw WrongPhase();
        }

        if (position < 0 || position >= _psks.Length)
        {
            throw new StationException(StationFault.InvalidArgument, $"{_pattern.Name} has {_psks.Length} psk token(s); there is none with index {position}.");
        }

        CheckPsk(psk);
        if (position < _pskIndex)
        {
            throw new StationException(StationFault.InvalidState, $"The pre-shared key with index {position} has been used already.");
        }

        CryptographicOperations.ZeroMemory(_psks[position]);
        _psks[position] = psk.ToArray();
    }

    /// <summary>WriteMessage(): writes the next message, <see cref="NextMessageOverhead"/> bytes more than the payload.</summary>
    /// <param name="payload">What to send along; may be empty. It must not overlap <paramref name="message"/>.</param>
    /// <param name="message">Where to write.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: it is the peer's turn, the handshake is over, or a psk is missing; nothing has changed.
    /// Every other fault ends the handshake. <see cref="StationFault.InvalidArgument"/>: the message would be longer than 65,535 bytes or does not fit.
    /// <see cref="StationFault.HandshakeFailed"/>: the peer's key is of low order.
    /// </exception>
    public int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> message)
    {
        MessagePattern pattern = Begin(writing: true);
        try
        {
            int length = pattern.Overhead + payload.Length;
            if (length > MaxMessageLength)
            {
                throw new StationException(StationFault.InvalidArgument, $"A Noise message has at most {MaxMessageLength} bytes; with {payload.Length} bytes of payload this one would have {length}.");
            }

            CheckBuffers(payload, message, length);
            int written = 0;
            foreach (HandshakeToken token in pattern.Tokens)
            {
                switch (token)
                {
                    case HandshakeToken.E:
                        _localEphemeral ??= _ephemerals?.Take() ?? NoiseKeyPair.Generate();
                        _localEphemeral.PublicKey.CopyTo(message[written..]);
                        written += X25519.KeyLength;
                        MixEphemeral(_localEphemeral.PublicKey);
                        break;
                    case HandshakeToken.S:
                        written += _symmetric.EncryptAndHash(_localStatic!.PublicKey, message[written..]);
                        break;
                    case HandshakeToken.E1:
                        written += WriteKemKey(message[written..]);
                        break;
                    case HandshakeToken.EKem1:
                        written += WriteKemCiphertext(message[written..]);
                        break;
                    default:
                        MixToken(token);
                        break;
                }
            }

            written += _symmetric.EncryptAndHash(payload, message[written..]);
            Advance();
            return written;
        }
        catch (Exception e)
        {
            throw Fail(e, $"Handshake message {MessageIndex + 1} ({pattern}) of {Protocol} cannot be written");
        }
    }

    /// <summary>ReadMessage(): reads the peer's next message.</summary>
    /// <param name="message">The whole message and nothing else.</param>
    /// <param name="payload">Where to write the payload, <see cref="NextMessageOverhead"/> bytes less than the message. It must not overlap <paramref name="message"/>.</param>
    /// <returns>How many bytes the payload has.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidState"/>: it is this side's turn, the handshake is over, or a psk is missing; nothing has changed.
    /// Every other fault ends the handshake. <see cref="StationFault.InvalidArgument"/>: the payload does not fit.
    /// <see cref="StationFault.HandshakeFailed"/>: the message is truncated, too long or not genuine, or has a key of low order or a KEM key that is not valid.
    /// </exception>
    public int ReadMessage(ReadOnlySpan<byte> message, Span<byte> payload)
    {
        MessagePattern pattern = Begin(writing: false);
        try
        {
            if (message.Length < pattern.Overhead || message.Length > MaxMessageLength)
            {
                throw new StationException(StationFault.HandshakeFailed, $"Handshake message {MessageIndex + 1} ({pattern}) of {Protocol} has {pattern.Overhead} to {MaxMessageLength} bytes; {message.Length} came.");
            }

            CheckBuffers(message, payload, message.Length - pattern.Overhead);
            foreach (HandshakeToken token in pattern.Tokens)
            {
                ReadOnlySpan<byte> field = message[..pattern.LengthOf(token)];
                message = message[field.Length..];
                switch (token)
                {
                    case HandshakeToken.E:
                        _remoteEphemeral = field.ToArray();
                        MixEphemeral(_remoteEphemeral);
                        break;
                    case HandshakeToken.S:
                        _remoteStatic = new byte[X25519.KeyLength];
                        _symmetric.DecryptAndHash(field, _remoteStatic);
                        break;
                    case HandshakeToken.E1:
                        ReadKemKey(field);
                        break;
                    case HandshakeToken.EKem1:
                        ReadKemCiphertext(field);
                        break;
                    default:
                        MixToken(token);
                        break;
                }
            }

            int read = _symmetric.DecryptAndHash(message, payload);
            Advance();
            return read;
        }
        catch (Exception e)
        {
            throw Fail(e, $"Handshake message {MessageIndex + 1} ({pattern}) of {Protocol} is not genuine");
        }
    }

    /// <summary>
    /// Split(): ends the handshake and gives what encrypts from now on. Every later step throws;
    /// <see cref="HandshakeHash"/>, <see cref="RemoteStatic"/> and <see cref="RemoteEphemeral"/> stay readable.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: messages are still to come, or the handshake has failed or been split.</exception>
    public TransportState Split()
    {
        if (_phase != Phase.Complete)
        {
            throw _phase == Phase.Running
                ? new StationException(StationFault.InvalidState, $"The handshake is not complete: {_pattern.Messages.Count - MessageIndex} message(s) are still to come.")
                : WrongPhase();
        }

        byte[] exportSecret = new byte[Protocol.HashFunction.HashLength];
        (CipherState toResponder, CipherState toInitiator) = _symmetric.Split(exportSecret);
        CipherState? reverse = toInitiator;
        if (_pattern.IsOneWay)
        {
            // Section 7.4: nothing is ever sent to the initiator, so its key must not be used.
            toInitiator.Dispose();
            reverse = null;
        }

        var transport = IsInitiator
            ? new TransportState(sending: toResponder, receiving: reverse, HandshakeHash.ToArray(), exportSecret)
            : new TransportState(sending: reverse, receiving: toResponder, HandshakeHash.ToArray(), exportSecret);
        Dispose();
        return transport;
    }

    /// <summary>Zeroes every secret. Key pairs that the caller gave stay as they are.</summary>
    public void Dispose()
    {
        if (!HasFailed)
        {
            _phase = Phase.Spent;
        }

        Wipe();
    }

    private void CheckKeys(HandshakeStateOptions options)
    {
        CheckPresence(options.LocalStatic is not null, _pattern.UsesStatic(IsInitiator), "local static key pair");
        CheckPresence(options.RemoteStatic is { IsEmpty: false }, _pattern.KnowsStatic(!IsInitiator), "remote static public key beforehand");
        if (options.RemoteStatic is { Length: not (0 or X25519.KeyLength) } key)
        {
            throw new StationException(StationFault.InvalidKey, $"A Noise public key has {X25519.KeyLength} bytes, not {key.Length}.");
        }

        if (options.Psks.Count != 0 && options.Psks.Count != _pattern.PskCount)
        {
            throw new StationException(StationFault.InvalidArgument, $"{_pattern.Name} has {_pattern.PskCount} psk token(s), but {options.Psks.Count} pre-shared key(s) were given.");
        }

        foreach (ReadOnlyMemory<byte> psk in options.Psks)
        {
            if (!psk.IsEmpty)
            {
                CheckPsk(psk.Span);
            }
        }
    }

    private static void CheckPsk(ReadOnlySpan<byte> psk)
    {
        if (psk.Length != PskLength)
        {
            throw new StationException(StationFault.InvalidKey, $"A pre-shared key has {PskLength} bytes, not {psk.Length}.");
        }

        if (!psk.ContainsAnyExcept((byte)0))
        {
            throw new StationException(StationFault.InvalidKey, "A pre-shared key of zeros only is no secret: a buffer that was never filled, or was zeroed already.");
        }
    }

    private void CheckPresence(bool given, bool needed, string what)
    {
        if (given != needed)
        {
            string role = IsInitiator ? "initiator" : "responder";
            throw new StationException(StationFault.InvalidArgument, $"The {role} of {_pattern.Name} {(needed ? "needs a" : "takes no")} {what}.");
        }
    }

    private static void CheckBuffers(ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, int needed)
    {
        if (output.Length < needed)
        {
            throw new StationException(StationFault.InvalidArgument, $"The buffer has {output.Length} bytes; {needed} are needed.");
        }

        // What is encrypted is hashed afterwards, so neither may be overwritten by the other.
        if (input.Overlaps(output))
        {
            throw new StationException(StationFault.InvalidArgument, "The message and payload of a handshake message must not overlap in memory.");
        }
    }

    /// <summary>Checks, without changing anything, that the next step is possible.</summary>
    private MessagePattern Begin(bool writing)
    {
        if (_phase != Phase.Running)
        {
            throw WrongPhase();
        }

        MessagePattern pattern = NextMessage!;
        if (IsMyTurn != writing)
        {
            throw new StationException(StationFault.InvalidState, $"Handshake message {MessageIndex + 1} ({pattern}) is {(writing ? "the peer's to write" : "this side's to write")}.");
        }

        for (int i = _pskIndex; i < _pskIndex + pattern.PskCount; i++)
        {
            if (_psks[i] is null)
            {
                throw new StationException(StationFault.InvalidState, $"Handshake message {MessageIndex + 1} ({pattern}) needs the pre-shared key with index {i}, which has not been set.");
            }
        }

        return pattern;
    }

    /// <summary>Section 9.2: where a pattern has psk tokens, ephemeral public keys make keys too.</summary>
    private void MixEphemeral(ReadOnlySpan<byte> publicKey)
    {
        _symmetric.MixHash(publicKey);
        if (_pattern.PskCount > 0)
        {
            _symmetric.MixKey(publicKey);
        }
    }

    private void MixToken(HandshakeToken token)
    {
        switch (token)
        {
            case HandshakeToken.EE:
                OfferStaticAgreement();
                MixSharedSecret(_localEphemeral!, _remoteEphemeral!);
                break;
            case HandshakeToken.ES when IsInitiator:
            case HandshakeToken.SE when !IsInitiator:
                MixSharedSecret(_localEphemeral!, _remoteStatic!);
                break;
            case HandshakeToken.ES:
            case HandshakeToken.SE:
                MixStaticAgreement();
                break;
            case HandshakeToken.SS:
                MixSharedSecret(_localStatic!, _remoteStatic!);
                break;
            case HandshakeToken.Psk:
                byte[] psk = _psks[_pskIndex++]!;
                _symmetric.MixKeyAndHash(psk);
                CryptographicOperations.ZeroMemory(psk);
                break;
            default:
                throw new InvalidOperationException($"{token} is not a token that mixes a key.");
        }
    }

    /// <summary>
    /// The agreement of the local static key with the remote ephemeral one needs nothing that ee or ekem1 give: another core may compute it beside them.
    /// </summary>
    private void OfferStaticAgreement()
    {
        HandshakeToken token = IsInitiator ? HandshakeToken.SE : HandshakeToken.ES;
        if (_localStatic is not null && _pattern.Messages.Skip(MessageIndex).Any(message => message.Tokens.Contains(token)))
        {
            _staticAhead = AgreementAhead.Begin(_localStatic, _remoteEphemeral!);
        }
    }

    private void MixStaticAgreement()
    {
        if (_staticAhead is null)
        {
            MixSharedSecret(_localStatic!, _remoteEphemeral!);
            return;
        }

        _staticAhead.Take(_sharedSecret);
        MixSharedSecret();
    }

    private void MixSharedSecret(NoiseKeyPair local, byte[] remote)
    {
        local.ComputeSharedSecret(remote, _sharedSecret);
        MixSharedSecret();
    }

    private void MixSharedSecret()
    {
        _symmetric.MixKey(_sharedSecret);
        CryptographicOperations.ZeroMemory(_sharedSecret);
    }

    /// <summary>e1: makes the KEM key pair of this handshake. No key is mixed in yet.</summary>
    private int WriteKemKey(Span<byte> output)
    {
        _localKemKey = _unsafeKemSeed.IsEmpty ? _kem!.Generate() : _kem!.ImportSeed(_unsafeKemSeed.Span);
        Span<byte> key = stackalloc byte[MLKem768.EncapsulationKeyLength];
        _localKemKey.GetEncapsulationKey(key);
        return _symmetric.EncryptAndHash(key, output);
    }

    /// <summary>e1: takes the peer's KEM key, and checks it here. It is used once its turn in ekem1 comes, behind ee.</summary>
    private void ReadKemKey(ReadOnlySpan<byte> field)
    {
        byte[] key = new byte[MLKem768.EncapsulationKeyLength];
        _symmetric.DecryptAndHash(field, key);
        MLKem768.CheckEncapsulationKey(key);
        _remoteKemKey = key;
    }

    /// <summary>ekem1: the ciphertext goes out under the key from before; its secret is mixed in after it, or the peer could never read it.</summary>
    private int WriteKemCiphertext(Span<byte> output)
    {
        Span<byte> ciphertext = stackalloc byte[MLKem768.CiphertextLength];
        if (_unsafeKemRandomness.IsEmpty)
        {
            _kem!.Encapsulate(_remoteKemKey, ciphertext, _sharedSecret);
        }
        else
        {
            _kem!.UnsafeEncapsulate(_remoteKemKey, _unsafeKemRandomness.Span, ciphertext, _sharedSecret);
        }

        _remoteKemKey = null;
        int written = _symmetric.EncryptAndHash(ciphertext, output);
        MixSharedSecret();
        return written;
    }

    /// <summary>
    /// ekem1: a ciphertext that was not made for this key gives another secret, not an error (FIPS 203, section 6.3); the next decryption fails then.
    /// </summary>
    private void ReadKemCiphertext(ReadOnlySpan<byte> field)
    {
        Span<byte> ciphertext = stackalloc byte[MLKem768.CiphertextLength];
        _symmetric.DecryptAndHash(field, ciphertext);
        _localKemKey!.Decapsulate(ciphertext, _sharedSecret);
        _localKemKey.Dispose();
        MixSharedSecret();
    }

    private void Advance()
    {
        MessageIndex++;
        if (IsComplete)
        {
            _phase = Phase.Complete;
        }
    }

    /// <summary>Ends the handshake and says why in this family's terms.</summary>
    private Exception Fail(Exception cause, string what)
    {
        _phase = Phase.Failed;
        Wipe();
        CryptographicOperations.ZeroMemory(_sharedSecret);
        _remoteStatic = null;
        _remoteEphemeral = null;
        return cause switch
        {
            CryptographicException => new StationException(StationFault.HandshakeFailed, $"{what}: decryption failed.", cause),
            StationException { Fault: StationFault.InvalidKey } => new StationException(StationFault.HandshakeFailed, $"{what}: {cause.Message}", cause),
            _ => cause,
        };
    }

    private void Wipe()
    {
        _symmetric.Dispose();
        if (_ownsEphemeral)
        {
            _localEphemeral?.Dispose();
            _ephemerals?.Refill();
        }

        _localKemKey?.Dispose();
        _staticAhead?.Dispose();
        foreach (byte[]? psk in _psks)
        {
            CryptographicOperations.ZeroMemory(psk);
        }
    }

    private StationException WrongPhase() => new(StationFault.InvalidState, _phase switch
    {
        Phase.Complete => "The handshake is complete; Split() is the next step.",
        Phase.Failed => "The handshake has failed and cannot go on; begin a new one.",
        _ => "The handshake is over: it has been split or disposed of.",
    });
}
