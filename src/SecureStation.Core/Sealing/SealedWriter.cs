using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Takes the body of a sealed message and writes head, body and signature (<see cref="SealedLayout"/>) in one pass: into an age file as a rule.
/// <see cref="Complete"/> ends it; without that it stays one that is refused.
/// </summary>
internal sealed class SealedWriter : OneWayStream
{
    private readonly Stream _destination;
    private readonly IncrementalHash _bodyHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _headHash;
    private readonly StationKeyPair? _sender;
    private ulong _bodyLength;
    private bool _isDone;

    /// <summary>Writes the beginning.</summary>
    /// <param name="destination">Takes the plaintext; stays open.</param>
    /// <param name="head">The head's exact bytes, which name the sender where there is one.</param>
    /// <param name="sender">Signs at the end; null leaves it anonymous.</param>
    public SealedWriter(Stream destination, ReadOnlySpan<byte> head, StationKeyPair? sender)
    {
        _destination = destination;
        _sender = sender;
        _headHash = SHA256.HashData(head);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)head.Length);
        destination.Write(SealedLayout.Magic);
        destination.Write(length);
        destination.Write(head);
    }

    /// <inheritdoc/>
    public override bool CanWrite => !_isDone;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Hash(buffer);
        WriteHashed(buffer);
    }

    /// <summary>Hashes a piece of the body, which <see cref="WriteHashed"/> is given later, in the same order: on another thread, if the caller likes.</summary>
    public void Hash(ReadOnlySpan<byte> piece) => _bodyHash.AppendData(piece);

    /// <summary>Writes a piece of the body that was hashed.</summary>
    public void WriteHashed(ReadOnlySpan<byte> piece)
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        _destination.Write(piece);
        _bodyLength += (ulong)piece.Length;
    }

    /// <summary>Signs, and writes the end. The destination is the caller's to complete.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        _isDone = true;
        byte[] signature = _sender?.Sign(SignaturePurpose.Sealed, SealedLayout.SignedBytes(_headHash, _bodyLength, _bodyHash.GetHashAndReset())) ?? [];
        Span<byte> length = stackalloc byte[SealedLayout.TrailerLength];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)signature.Length);
        _destination.Write(signature);
        _destination.Write(length);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDone = true;
            _bodyHash.Dispose();
        }

        base.Dispose(disposing);
    }
}
