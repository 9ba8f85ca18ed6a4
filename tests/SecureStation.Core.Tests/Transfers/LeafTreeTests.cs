using System.Security.Cryptography;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class LeafTreeTests
{
    // The trees of Certificate Transparency's reference implementation (certificate-transparency, merkletree/merkle_tree_test.cc).
    private static readonly string[] s_leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_root_is_that_of_RFC_6962(int leaves, string root)
    {
        var tree = new LeafTree();
        foreach (string leaf in s_leaves[..leaves])
        {
            tree.Add(LeafTree.HashLeaf(Convert.FromHexString(leaf)));
        }

        Assert.Equal(root, Convert.ToHexStringLower(tree.Root()));
        Assert.Equal(leaves, tree.Count);
    }

    [Fact]
    public void The_tree_of_many_leaves_is_the_recursive_one_of_the_RFC()
    {
        for (int leaves = 1; leaves < 70; leaves++)
        {
            byte[][] hashes = [.. Enumerable.Range(0, leaves).Select(static i => LeafTree.HashLeaf([(byte)i]))];
            var tree = new LeafTree();
            Array.ForEach(hashes, hash => tree.Add(hash));
            Assert.Equal(Root(hashes), tree.Root());
        }
    }

    // RFC 6962, section 2.1, word for word.
    private static byte[] Root(ReadOnlySpan<byte[]> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        int k = 1;
        while (2 * k < hashes.Length)
        {
            k *= 2;
        }

        return SHA256.HashData([1, .. Root(hashes[..k]), .. Root(hashes[k..])]);
    }
}
