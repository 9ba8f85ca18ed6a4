using System.Buffers;
using System.Security.Cryptography;

namespace SecureStation.Core.Transfers;

/// <summary>Hashes a leaf of what is on a disk.</summary>
internal static class LeafReader
{
    private const int Piece = 128 * 1024;

    /// <summary>Of a file that is sent.</summary>
    public static byte[] Hash(ITransferSource source, TransferOffer offer, long leaf, IncrementalHash hash) =>
        Hash(source.Read, offer, leaf, hash);

    /// <summary>Of a part of one.</summary>
    public static byte[] Hash(IPartFile part, TransferOffer offer, long leaf, IncrementalHash hash) =>
        Hash(part.Read, offer, leaf, hash);

    private static byte[] Hash(Reader read, TransferOffer offer, long leaf, IncrementalHash hash)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            LeafTree.BeginLeaf(hash);
            long offset = leaf * TransferOffer.LeafSize;
            for (int left = offer.LengthOf(leaf); left > 0;)
            {
                Span<byte> piece = buffer.AsSpan(0, Math.Min(left, Piece));
                read(offset, piece);
                hash.AppendData(piece);
                offset += piece.Length;
                left -= piece.Length;
            }

            return hash.GetHashAndReset();
        }
        catch
        {
            // What was added of a leaf that could not be read whole is no beginning of the next.
            hash.GetHashAndReset();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private delegate void Reader(long offset, Span<byte> bytes);
}
