using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Age;

/// <summary>
/// Takes the plaintext of a file and writes its payload; the layout is drawn at <see cref="PayloadChunk"/>. <see cref="Complete"/> ends the
/// file. Without it, after an error for instance, the file stays one that does not open.
/// </summary>
internal sealed class AgeWriter : OneWayStream
{
    private readonly Stream _destination;
    private readonly ArmorWriter? _armor;
    private readonly AeadCipher _cipher;
    private readonly byte[] _plaintext = new byte[PayloadChunk.PlaintextLength];
    private readonly byte[] _chunk = new byte[PayloadChunk.Length];
    private int _held;
    private ulong _counter;
    private bool _isDone;

    private AgeWriter(Stream destination, ArmorWriter? armor, AeadCipher cipher)
    {
        _destination = destination;
        _armor = armor;
        _cipher = cipher;
    }

    /// <inheritdoc/>
    public override bool CanWrite => !_isDone;

    /// <summary>Writes the beginning of a file with a given file key and payload nonce, for <see cref="AgeFile"/> and known answers only.</summary>
    public static AgeWriter UnsafeCreate(Stream destination, IEnumerable<AgeStanza> stanzas, ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce, bool armored)
    {
        ArmorWriter? armor = armored ? new ArmorWriter(destination) : null;
        Stream target = armor ?? destination;
        target.Write(AgeHeaderWriter.Write(stanzas, fileKey));
        target.Write(nonce);
        return new AgeWriter(target, armor, AgeKeys.CreatePayloadCipher(fileKey, nonce));
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        while (!buffer.IsEmpty)
        {
            // A full chunk waits for what follows: it may be the last. One that is followed here already needs no copy.
            if (_held == _plaintext.Length)
            {
                WriteChunk(_plaintext, isLast: false);
                _held = 0;
            }

            if (_held == 0 && buffer.Length > _plaintext.Length)
            {
                WriteChunk(buffer[.._plaintext.Length], isLast: false);
                buffer = buffer[_plaintext.Length..];
                continue;
            }

            int length = Math.Min(buffer.Length, _plaintext.Length - _held);
            buffer[..length].CopyTo(_plaintext.AsSpan(_held));
            _held += length;
            buffer = buffer[length..];
        }
    }

    /// <summary>Writes the last chunk, and the end of the armor. The destination is flushed, and stays open.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        WriteChunk(_plaintext.AsSpan(0, _held), isLast: true);
        _isDone = true;
        _armor?.Complete();
        _destination.Flush();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDone = true;
            CryptographicOperations.ZeroMemory(_plaintext);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WriteChunk(ReadOnlySpan<byte> plaintext, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[AeadCipher.NonceLength];
        PayloadChunk.FormatNonce(_counter, isLast, nonce);
        _cipher.Seal(nonce, [], plaintext, _chunk.AsSpan(0, plaintext.Length), _chunk.AsSpan(plaintext.Length, AeadCipher.TagLength));
        _destination.Write(_chunk, 0, plaintext.Length + AeadCipher.TagLength);
        _counter++;
    }
}
