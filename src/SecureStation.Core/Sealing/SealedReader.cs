using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Sealing;

/// <summary>
/// Reads the plaintext of a sealed message (<see cref="SealedLayout"/>) in one pass: the head, then the body in blocks, of which nothing may be given
/// out before <see cref="Read"/> has said that there are no more: only then the signature is known to be right.
/// </summary>
/// <param name="plaintext">What an age file gives; stays open.</param>
internal sealed class SealedReader(Stream plaintext) : IDisposable
{
    private const int BlockLength = 64 * 1024;

    private readonly IncrementalHash _bodyHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _window = new byte[BlockLength + SealedLayout.MaxTrailerLength];
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

    /// <summary>What <see cref="Read"/> read, good until its next call.</summary>
    public ReadOnlySpan<byte> Block => _window.AsSpan(0, _given);

    /// <summary>
    /// Reads the next piece of the body and returns its length; 0 at the end, and then the signature was right: by the key in the head, over
    /// exactly this head and all of the body. Where the head names no sender, there is none.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>: cut off, or the signature is wrong; what was read is worth nothing.</exception>
    public int Read()
    {
        if (_isDone)
        {
            return _given = 0;
        }

        _window.AsSpan(_given, _held - _given).CopyTo(_window);
        _held -= _given;
        _held += plaintext.ReadAtLeast(_window.AsSpan(_held), _window.Length - _held, throwOnEndOfStream: false);
        ReadOnlySpan<byte> signature = default;
        if (_held == _window.Length)
        {
            _given = BlockLength;
        }
        else
        {
            _given = BodyEnd();
            _isDone = true;
            signature = _window.AsSpan(_given, _held - SealedLayout.TrailerLength - _given);
        }

        _bodyHash.AppendData(_window, 0, _given);
        _bodyLength += (ulong)_given;
        if (_isDone)
        {
            Verify(signature);
        }

        return _given;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_window);
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
