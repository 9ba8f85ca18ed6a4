using System.Numerics;
using System.Security.Cryptography;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The Merkle tree over a file's leaves, as in RFC 6962, section 2.1, with SHA-256: leaves are hashed with 00 before them and nodes with 01, so that
/// neither can pass for the other. It keeps one hash for each power of two in the number of leaves, and no more.
/// </summary>
internal sealed class LeafTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // The roots of whole subtrees, the largest first: as many as the count has ones in binary.
    private readonly List<byte[]> _subtrees = [];

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>Begins the hash of a leaf: its data follows.</summary>
    public static void BeginLeaf(IncrementalHash hash) => hash.AppendData([LeafPrefix]);

    /// <summary>The hash of a leaf.</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BeginLeaf(hash);
        hash.AppendData(data);
        return hash.GetHashAndReset();
    }

    /// <summary>Adds the hash of the next leaf, which is copied.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        byte[] node = leaf.ToArray();
        for (int merges = BitOperations.TrailingZeroCount(~Count); merges > 0; merges--)
        {
            node = HashNode(_subtrees[^1], node);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(node);
        Count++;
    }

    /// <summary>The root of the leaves so far; of none, the hash of nothing.</summary>
    public byte[] Root()
    {
        if (_subtrees.Count == 0)
        {
            return SHA256.HashData([]);
        }

        byte[] root = _subtrees[^1];
        for (int i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = HashNode(_subtrees[i], root);
        }

        return (byte[])root.Clone();
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _subtrees.Clear();
        Count = 0;
    }

    private static byte[] HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashSize)];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashSize)..]);
        return SHA256.HashData(node);
    }
}
