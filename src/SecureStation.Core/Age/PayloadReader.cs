using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>
/// Reads the plaintext of a payload; the layout is drawn at <see cref="PayloadChunk"/>. It looks one byte beyond a full chunk to know whether
/// that is the last. What it gives out is authentic, and the beginning of the plaintext; only its end (0 bytes read) says that this was all.
/// </summary>
/// <param name="source">What follows the payload's nonce; not disposed of.</param>
/// <param name="cipher">The payload's cipher, which this reader disposes of.</param>
internal sealed class PayloadReader(Stream source, AeadCipher cipher) : OneWayStream
{
    private readonly byte[] _received = new byte[PayloadChunk.Length + 1];
    private readonly byte[] _plaintext = new byte[PayloadChunk.PlaintextLength];
    private int _held;
    private int _start;
    private int _end;
    private ulong _counter;
    private bool _isDone;
    private bool _isDisposed;
    private AgeException? _failure;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    /// <exception cref="AgeException"><see cref="AgeFailure.Payload"/>: changed or cut off; what was read before is not all. Every further call throws it too.</exception>
    public override int Read(Span<byte> buffer)
    {
        // An end that is none would pass for the whole plaintext.
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_start == _end && !_isDone)
        {
            ReadChunk();
        }

        int length = Math.Min(buffer.Length, _end - _start);
        _plaintext.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDisposed = true;
            CryptographicOperations.ZeroMemory(_plaintext);
            cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        if (_failure is not null)
        {
            throw new AgeException(_failure.Failure, _failure.Message, _failure);
        }

        try
        {
            _held += source.ReadAtLeast(_received.AsSpan(_held), _received.Length - _held, throwOnEndOfStream: false);
            bool isLast = _held < _received.Length;
            OpenChunk(_received.AsSpan(0, Math.Min(_held, PayloadChunk.Length)), isLast);
            _isDone = isLast;
        }
        catch (AgeException e)
        {
            _failure = e;
            throw;
        }

        _received[0] = _received[^1];
        _held = 1;
        _counter++;
    }

    private void OpenChunk(ReadOnlySpan<byte> chunk, bool isLast)
    {
        int length = chunk.Length - AeadCipher.TagLength;
        if (length < 0 || (length == 0 && _counter > 0))
        {
            throw new AgeException(AgeFailure.Payload, "The age file is cut off.");
        }

        Span<byte> nonce = stackalloc byte[AeadCipher.NonceLength];
        PayloadChunk.FormatNonce(_counter, isLast, nonce);
        try
        {
            cipher.Open(nonce, [], chunk[..length], chunk[length..], _plaintext.AsSpan(0, length));
        }
        catch (CryptographicException e)
        {
            throw new AgeException(AgeFailure.Payload, "The age file was changed or cut off.", e);
        }

        _start = 0;
        _end = length;
    }
}
