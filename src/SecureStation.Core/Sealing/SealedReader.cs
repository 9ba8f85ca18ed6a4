using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Reads the plaintext of a sealed message (<see cref="SealedLayout"/>) in one pass: the head, then the body in blocks, of which nothing may be given
/// out before <see cref="Read"/> has said that there are no more: only then the signature is known to be right.
/// </summary>
/// <param name="plaintext">What an age file gives; stays open.</param>
/// <param name="blockLength">Bytes of the largest block; memory for two is taken.</param>
internal sealed class SealedReader(Stream plaintext, int blockLength = SealedReader.SmallBlock) : IDisposable
{
    /// <summary>For what is kept in memory.</summary>
    public const int SmallBlock = 64 * 1024;

    /// <summary>For files: so large that it pays to open the next while another core writes this one.</summary>
    public const int LargeBlock = 1024 * 1024;

    private readonly IncrementalHash _bodyHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _window = new byte[blockLength + SealedLayout.MaxTrailerLength];
    private byte[] _other = new byte[blockLength + SealedLayout.MaxTrailerLength];
    private byte[] _headHash = [];
    private StationPublicKey? _sender;
    private int _given;
    private int _held;
    private ulong _bodyLength;
    private bool _isDone;

    /// <summary>Reads the head. All of it is a claim so far.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/></exception>
    public SealedHead ReadHead()
    {
        Span<byte> start = stackalloc byte[SealedLayout.Magic.Length + sizeof(uint)];
        if (plaintext.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(SealedLayout.Magic))
        {
            throw SealErrors.Broken("what was sealed is no message of a station. A plain age file is opened with -Raw");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(start[SealedLayout.Magic.Length..]);
        if (length > SealedHead.MaxLength)
        {
            throw SealErrors.Broken($"its head claims {length} bytes; {SealedHead.MaxLength} is the most");
        }

        byte[] head = new byte[length];
        if (plaintext.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            throw SealErrors.Broken("it ends in its head");
        }

        SealedHead read = SealedHeadJson.Read(head);
        _headHash = SHA256.HashData(head);
        _sender = read.Sender;
        return read;
    }

    /// <summary>
    /// The next piece of the body, good until the call after the next; empty at the end, and then the signature was right: by the key in the head, over
    /// exactly this head and all of the body. Where the head names no sender, there is none.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>: cut off, or the signature is wrong; what was read is worth nothing.</exception>
    public ReadOnlyMemory<byte> Read()
    {
        if (_isDone)
        {
            return default;
        }

        // What was held back goes on in the other window: this one's block is still in use.
        _window.AsSpan(_given, _held - _given).CopyTo(_other);
        _held -= _given;
        (_window, _other) = (_other, _window);
        _held += plaintext.ReadAtLeast(_window.AsSpan(_held), _window.Length - _held, throwOnEndOfStream: false);
        _isDone = _held < _window.Length;
        _given = _isDone ? BodyEnd() : blockLength;
        _bodyHash.AppendData(_window, 0, _given);
        _bodyLength += (ulong)_given;
        if (_isDone)
        {
            Verify(_window.AsSpan(_given, _held - SealedLayout.TrailerLength - _given));
        }

        return _window.AsMemory(0, _given);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_window);
        CryptographicOperations.ZeroMemory(_other);
        _bodyHash.Dispose();
    }

    private int BodyEnd()
    {
        int trailer = _held - SealedLayout.TrailerLength;
        int length = trailer < 0 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(_window.AsSpan(trailer));
        return length <= SealedLayout.MaxSignatureLength && length <= trailer ? trailer - length : throw SealErrors.Broken("its end is missing");
    }

    private void Verify(ReadOnlySpan<byte> signature)
    {
        if ((_sender is null) != signature.IsEmpty)
        {
            throw SealErrors.Broken(_sender is null ? "it is signed and names no sender" : "it names a sender and is not signed");
        }

        byte[] signed = SealedLayout.SignedBytes(_headHash, _bodyLength, _bodyHash.GetHashAndReset());
        if (_sender?.Verify(SignaturePurpose.Sealed, signed, signature) == false)
        {
            throw SealErrors.Broken("its signature is not that of the sender it names over what it holds");
        }
    }
}
