using System.Buffers.Binary;
using System.Text;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The messages of the service <c>file</c> (docs/protocol/transfer.md): kind 4, headers <c>service</c> = <c>file</c> and <c>op</c>. Every body begins
/// with the transfer's id [16]. Beside <see cref="TransferOffer"/> and <see cref="TransferAccept"/>:
/// <code>
/// credit   id | bytes u32                   receiver
/// data     id | offset u64 | bytes          sender      256 KiB at most
/// leaf     id | index u64 | hash [32]       sender
/// done     id | root [32]                   sender
/// end      id | reason u16 | text UTF-8     receiver    256 bytes of text at most
/// cancel   id                               sender
/// </code>
/// </summary>
internal static class TransferMessages
{
    /// <summary>The service's name.</summary>
    public const string Service = "file";

    /// <summary>The header that says what a message is.</summary>
    public const string OpHeader = "op";

    /// <summary>The most bytes of a file in one message.</summary>
    public const int MaxData = 256 * 1024;

    /// <summary>What stands before the bytes of a file.</summary>
    public const int DataOffset = TransferId.Size + 8;

    private const int MaxText = 256;
    private const int LeafMessageSize = TransferId.Size + 8 + LeafTree.HashSize;

    public static OutgoingMessage Offer(TransferOffer offer) => Message(TransferOp.Offer, offer.Encode());

    public static OutgoingMessage Accept(TransferAccept accept) => Message(TransferOp.Accept, accept.Encode());

    public static OutgoingMessage Cancel(TransferId id) => Message(TransferOp.Cancel, Begin(id, TransferId.Size));

    public static OutgoingMessage Credit(TransferId id, uint bytes)
    {
        byte[] body = Begin(id, TransferId.Size + 4);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(TransferId.Size), bytes);
        return Message(TransferOp.Credit, body);
    }

    /// <summary>A message of data. The bytes stand in <paramref name="body"/> already, from <see cref="DataOffset"/> on: they are read there.</summary>
    public static OutgoingMessage Data(TransferId id, long offset, byte[] body)
    {
        id.Write(body);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(TransferId.Size), offset);
        return Message(TransferOp.Data, body);
    }

    public static OutgoingMessage Leaf(TransferId id, long index, ReadOnlySpan<byte> hash)
    {
        byte[] body = Begin(id, LeafMessageSize);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(TransferId.Size), index);
        hash.CopyTo(body.AsSpan(TransferId.Size + 8));
        return Message(TransferOp.Leaf, body);
    }

    public static OutgoingMessage Done(TransferId id, ReadOnlySpan<byte> root)
    {
        byte[] body = Begin(id, TransferId.Size + LeafTree.HashSize);
        root.CopyTo(body.AsSpan(TransferId.Size));
        return Message(TransferOp.Done, body);
    }

    public static OutgoingMessage End(TransferId id, TransferReason reason, string text)
    {
        byte[] shown = Encoding.UTF8.GetBytes(text);
        int length = Math.Min(shown.Length, MaxText);
        while (length < shown.Length && length > 0 && (shown[length] & 0xC0) == 0x80)
        {
            length--;
        }

        byte[] body = Begin(id, TransferId.Size + 2 + length);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(TransferId.Size), (ushort)reason);
        shown.AsSpan(0, length).CopyTo(body.AsSpan(TransferId.Size + 2));
        return Message(TransferOp.End, body);
    }

    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/></exception>
    public static uint ReadCredit(ReadOnlySpan<byte> body)
    {
        Require(body.Length == TransferId.Size + 4, TransferOp.Credit);
        return BinaryPrimitives.ReadUInt32BigEndian(body[TransferId.Size..]);
    }

    /// <inheritdoc cref="ReadCredit"/>
    public static (long Offset, ReadOnlyMemory<byte> Bytes) ReadData(ReadOnlyMemory<byte> body)
    {
        Require(body.Length is > DataOffset and <= DataOffset + MaxData, TransferOp.Data);
        return (BinaryPrimitives.ReadInt64BigEndian(body.Span[TransferId.Size..]), body[DataOffset..]);
    }

    /// <inheritdoc cref="ReadCredit"/>
    public static (long Index, ReadOnlyMemory<byte> Hash) ReadLeaf(ReadOnlyMemory<byte> body)
    {
        Require(body.Length == LeafMessageSize, TransferOp.Leaf);
        return (BinaryPrimitives.ReadInt64BigEndian(body.Span[TransferId.Size..]), body[(TransferId.Size + 8)..]);
    }

    /// <inheritdoc cref="ReadCredit"/>
    public static ReadOnlyMemory<byte> ReadDone(ReadOnlyMemory<byte> body)
    {
        Require(body.Length == TransferId.Size + LeafTree.HashSize, TransferOp.Done);
        return body[TransferId.Size..];
    }

    /// <inheritdoc cref="ReadCredit"/>
    public static (TransferReason Reason, string Text) ReadEnd(ReadOnlySpan<byte> body)
    {
        Require(body.Length is >= TransferId.Size + 2 and <= TransferId.Size + 2 + MaxText, TransferOp.End);
        return ((TransferReason)BinaryPrimitives.ReadUInt16BigEndian(body[TransferId.Size..]), Encoding.UTF8.GetString(body[(TransferId.Size + 2)..]));
    }

    private static OutgoingMessage Message(string op, byte[] body) => new(StationMessageKind.Service, body)
    {
        Headers = [new(OutgoingMessage.ServiceHeader, Service), new(OpHeader, op)],
    };

    private static byte[] Begin(TransferId id, int size)
    {
        byte[] body = new byte[size];
        id.Write(body);
        return body;
    }

    private static void Require(bool isWellFormed, string op)
    {
        if (!isWellFormed)
        {
            TransferErrors.ThrowBroken($"a message '{op}' of the wrong length");
        }
    }
}
