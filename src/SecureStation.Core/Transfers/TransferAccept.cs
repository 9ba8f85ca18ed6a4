using System.Buffers.Binary;

namespace SecureStation.Core.Transfers;

/// <summary>
/// A receiver's answer to an offer, in one message or more:
/// <code>
/// id [16] | state u8 | first leaf u64 | the receiver's own hash [32] of each leaf from there that it has already, 8,000 at most
/// </code>
/// </summary>
internal sealed record TransferAccept(TransferId Id, TransferAcceptState State, long First, ReadOnlyMemory<byte> Hashes)
{
    /// <summary>The most hashes of one message.</summary>
    public const int MaxHashes = 8000;

    private const int FixedSize = TransferId.Size + 1 + 8;

    /// <summary>How many leaves it is about.</summary>
    public int Count => Hashes.Length / LeafTree.HashSize;

    public byte[] Encode()
    {
        byte[] body = new byte[FixedSize + Hashes.Length];
        Id.Write(body);
        body[TransferId.Size] = (byte)State;
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(TransferId.Size + 1), First);
        Hashes.Span.CopyTo(body.AsSpan(FixedSize));
        return body;
    }

    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/></exception>
    public static TransferAccept Read(ReadOnlyMemory<byte> body)
    {
        int hashes = body.Length - FixedSize;
        if (hashes < 0 || hashes % LeafTree.HashSize != 0 || hashes > MaxHashes * LeafTree.HashSize || body.Span[TransferId.Size] > (byte)TransferAcceptState.Present)
        {
            TransferErrors.ThrowBroken("an accept of the wrong length or state");
        }

        ReadOnlySpan<byte> span = body.Span;
        return new TransferAccept(
            TransferId.Read(span),
            (TransferAcceptState)span[TransferId.Size],
            BinaryPrimitives.ReadInt64BigEndian(span[(TransferId.Size + 1)..]),
            body[FixedSize..]);
    }
}
