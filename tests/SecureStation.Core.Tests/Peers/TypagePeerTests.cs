using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Tests.Age;

namespace SecureStation.Core.Tests.Peers;

/// <summary>Both ways with typage (npm's age-encryption), with fresh keys: it has the hybrid, which Debian's age has not.</summary>
public class TypagePeerTests
{
    private static readonly NodePackages s_packages = new("typage", "age-encryption");

    [Theory]
    [InlineData("hybrid", 0)]
    [InlineData("hybrid", 65536)]
    [InlineData("hybrid", 150_000)]
    [InlineData("X25519", 150_000)]
    public void What_one_seals_the_other_opens(string type, int length)
    {
        s_packages.SkipIfMissing();
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        if (type == "hybrid")
        {
            using HybridIdentity identity = HybridIdentity.Generate();
            BothWays(identity, identity.Recipient, identity.ExportText(), plaintext);
        }
        else
        {
            using X25519Identity identity = X25519Identity.Generate();
            BothWays(identity, identity.Recipient, identity.ExportText(), plaintext);
        }
    }

    private static void BothWays(AgeIdentity identity, AgeRecipient recipient, string secret, byte[] plaintext)
    {
        Assert.Equal(plaintext, AgeBytes.Open(Run(plaintext, "seal", recipient.ToString()!), identity));
        Assert.Equal(plaintext, Run(AgeBytes.Seal(plaintext, recipient), "open", secret));
    }

    private static byte[] Run(byte[] input, string task, string key) =>
        AgeCommand.Finish(s_packages.Run("node", "typage_peer.mjs", task, key), "typage", input);
}
