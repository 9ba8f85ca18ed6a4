using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// What encrypts after the handshake: the two CipherStates of Split()
/// (<see href="https://noiseprotocol.org/noise.html#application-responsibilities">section 14</see>). A transport message is
/// <code>
/// ciphertext  as long as the plaintext
/// tag         16 bytes
/// </code>
/// One thread may write while another reads, and any may export; otherwise not for several threads at a time. No message allocates.
/// </summary>
public sealed class TransportState : IDisposable
{
    /// <summary>The most bytes that a Noise message can have.</summary>
    public const int MaxMessageLength = 65535;

    /// <summary>Bytes that a message has beyond its plaintext.</summary>
    public const int TagLength = AeadCipher.TagLength;

    /// <summary>The most bytes of plaintext in one message.</summary>
    public const int MaxPlaintextLength = MaxMessageLength - TagLength;

    /// <summary>The most bytes that <see cref="Export"/> gives: HKDF-SHA256's limit.</summary>
    public const int MaxExportLength = 255 * SHA256.HashSizeInBytes;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly CipherState? _sending;
    private readonly CipherState? _receiving;
    private readonly byte[] _handshakeHash;
    private readonly SecretBytes _exportSecret;

    internal TransportState(CipherState? sending, CipherState? receiving, byte[] handshakeHash, byte[] exportSecret)
    {
        _sending = sending;
        _receiving = receiving;
        _handshakeHash = handshakeHash;
        _exportSecret = new SecretBytes(exportSecret, static () => new StationException(StationFault.InvalidState, "The transport has been disposed of."));
    }

    /// <summary>Whether this side may send; false for the responder of a one-way pattern.</summary>
    public bool CanWrite => _sending is not null;

    /// <summary>Whether this side receives; false for the initiator of a one-way pattern.</summary>
    public bool CanRead => _receiving is not null;

    /// <summary>The nonce of the next message written: how many there were.</summary>
    public ulong SendingNonce => _sending?.Nonce ?? 0;

    /// <summary>The nonce of the next message read: how many there were.</summary>
    public ulong ReceivingNonce => _receiving?.Nonce ?? 0;

    /// <summary>The handshake's final h, 32 or 64 bytes: the same on both sides, and of this handshake alone. It is not a secret.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _handshakeHash;

    /// <summary>Encrypts one message.</summary>
    /// <param name="plaintext">65,519 bytes at most. It may begin where <paramref name="message"/> begins, and must not overlap it otherwise.</param>
    /// <param name="message">Where to write, 16 bytes more.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: too long, or a buffer that does not fit. <see cref="StationFault.InvalidState"/>:
    /// disposed, one-way the other way, or out of nonces. The state has not changed.
    /// </exception>
    public int Write(ReadOnlySpan<byte> plaintext, Span<byte> message) => Write([], plaintext, message);

    /// <summary>As <see cref="Write(ReadOnlySpan{byte}, Span{byte})"/>, with associated data that the reader must have too.</summary>
    public int Write(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> message)
    {
        CipherState sending = _sending ?? throw OneWay("sends");
        if (plaintext.Length > MaxPlaintextLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"A Noise message takes at most {MaxPlaintextLength} bytes of plaintext, not {plaintext.Length}.");
        }

        CheckBuffers(plaintext, message, plaintext.Length + TagLength);
        return sending.EncryptWithAd(associatedData, plaintext, message);
    }

    /// <summary>Decrypts one message.</summary>
    /// <param name="message">The whole message. It may begin where <paramref name="plaintext"/> begins, and must not overlap it otherwise.</param>
    /// <param name="plaintext">Where to write, 16 bytes less. Holds nothing of the message after a failure.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.DecryptionFailed"/>: the message is not genuine, truncated or longer than 65,535 bytes; <see cref="ReceivingNonce"/> is where it was.
    /// <see cref="StationFault.InvalidArgument"/>: the buffer does not fit. <see cref="StationFault.InvalidState"/>: disposed, one-way the other way, or out of nonces.
    /// </exception>
    public int Read(ReadOnlySpan<byte> message, Span<byte> plaintext) => Read([], message, plaintext);

    /// <summary>As <see cref="Read(ReadOnlySpan{byte}, Span{byte})"/>, with the associated data that the writer had.</summary>
    public int Read(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> message, Span<byte> plaintext)
    {
        CipherState receiving = _receiving ?? throw OneWay("receives");
        if (message.Length is < TagLength or > MaxMessageLength)
        {
            throw new StationException(StationFault.DecryptionFailed, $"A Noise transport message has {TagLength} to {MaxMessageLength} bytes, not {message.Length}.");
        }

        CheckBuffers(message, plaintext, message.Length - TagLength);
        try
        {
            return receiving.DecryptWithAd(associatedData, message, plaintext);
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.DecryptionFailed, "The message cannot be decrypted: it was altered, or is not the one that is due.", e);
        }
    }

    /// <summary>Rekey() of the sending key; the peer must do the same to its receiving key. The nonce goes on.</summary>
    public void RekeySending() => (_sending ?? throw OneWay("sends")).Rekey();

    /// <summary>Rekey() of the receiving key; the peer must do the same to its sending key. The nonce goes on.</summary>
    public void RekeyReceiving() => (_receiving ?? throw OneWay("receives")).Rekey();

    /// <summary>
    /// Derives a secret of this channel: the same on both sides, independent of the transport keys and of what other labels give.
    /// HKDF-Expand-SHA256 (RFC 5869) with the third output of Split()'s HKDF as PRK and
    /// <c>"SecureStation/1 export" ‖ 00 ‖ label ‖ 00 ‖ h</c> as info.
    /// </summary>
    /// <param name="label">What it is for, in UTF-8, without NUL.</param>
    /// <param name="length">1 to 8,160 bytes.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: label or length; <see cref="StationFault.InvalidState"/>: disposed.</exception>
    public byte[] Export(string label, int length)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (length is < 1 or > MaxExportLength)
        {
            throw new StationException(StationFault.InvalidArgument, $"A channel secret has 1 to {MaxExportLength} bytes, not {length}.");
        }

        byte[] output = new byte[length];
        byte[] info = [.. "SecureStation/1 export"u8, 0, .. Encode(label), 0, .. _handshakeHash];
        return _exportSecret.Use(secret =>
        {
            HKDF.Expand(HashAlgorithmName.SHA256, secret, output, info);
            return output;
        });
    }

    /// <summary>Frees both keys and zeroes the export secret.</summary>
    public void Dispose()
    {
        _sending?.Dispose();
        _receiving?.Dispose();
        _exportSecret.Dispose();
    }

    private static byte[] Encode(string label)
    {
        try
        {
            return label.Contains('\0')
                ? throw new StationException(StationFault.InvalidArgument, "The label of a channel secret cannot contain NUL.")
                : s_strictUtf8.GetBytes(label);
        }
        catch (EncoderFallbackException e)
        {
            throw new StationException(StationFault.InvalidArgument, "The label of a channel secret is not valid Unicode.", e);
        }
    }

    private static void CheckBuffers(ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, int needed)
    {
        if (output.Length < needed)
        {
            throw new StationException(StationFault.InvalidArgument, $"The buffer has {output.Length} bytes; {needed} are needed.");
        }

        if (input.Overlaps(output, out int offset) && offset != 0)
        {
            throw new StationException(StationFault.InvalidArgument, "Message and plaintext must begin at the same place where they overlap in memory.");
        }
    }

    private static StationException OneWay(string verb)
        => new(StationFault.InvalidState, $"This side of a one-way pattern never {verb}.");
}
