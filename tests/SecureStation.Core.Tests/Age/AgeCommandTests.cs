using System.Security.Cryptography;
using SecureStation.Core.Age;

namespace SecureStation.Core.Tests.Age;

/// <summary>Both ways with the age command, with fresh keys.</summary>
public sealed class AgeCommandTests : IDisposable
{
    // Three chunks, the last of them not full.
    private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(150_000);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void X25519(bool armored)
    {
        using X25519Identity identity = X25519Identity.Generate();
        File.WriteAllText(_folder.File("key"), identity.ExportText() + "\n");
        BothWays(identity, identity.Recipient, identity.Recipient.ToString(), armored);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public void Keys_of_ssh_keygen(string type)
    {
        AgeCommand.Run("ssh-keygen", [], "-q", "-t", type, "-N", "", "-C", "test", "-f", _folder.File("key"));
        string secret = File.ReadAllText(_folder.File("key")), line = File.ReadAllText(_folder.File("key.pub")).Trim();
        using AgeIdentity identity = type == "rsa"
            ? new SshRsaIdentity(SshKeyText.ParseRsaPrivateKey(secret))
            : new SshEd25519Identity(SshKeyText.ParseEd25519Seed(secret));
        BothWays(identity, SshKeyText.ParseRecipient(line), line, armored: false);
    }

    private void BothWays(AgeIdentity identity, AgeRecipient recipient, string text, bool armored)
    {
        byte[] theirs = AgeCommand.Run("age", _plaintext, [.. armored ? ["-a"] : Array.Empty<string>(), "-r", text]);
        Assert.Equal(_plaintext, AgeBytes.Open(theirs, identity));
        Assert.Equal(_plaintext, AgeCommand.Run("age", AgeBytes.Seal(_plaintext, armored, recipient), "-d", "-i", _folder.File("key")));
    }
}
