using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Tests.Age;
using SecureStation.Core.Tests.Peers;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Both ways with other implementations of age: Debian's for X25519 and ssh keys, typage for the hybrid. Plain files, and signed messages inside.</summary>
public sealed class OtherAgeTests(SealParties parties) : IClassFixture<SealParties>, IDisposable
{
    private static readonly NodePackages s_typage = new("typage", "age-encryption");

    private readonly TemporaryFolder _folder = new();
    private readonly SealParty _alice = parties.Alice, _bob = parties.Bob;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void X25519_with_age(bool armored)
    {
        using X25519Identity identity = X25519Identity.Generate();
        File.WriteAllText(_folder.File("key"), identity.ExportText() + "\n");
        string recipient = identity.Recipient.ToString();
        BothWays(
            SealRecipient.Parse(recipient),
            SealIdentity.ReadFile(_folder.File("key"), []),
            armored,
            file => AgeCommand.Run("age", file, "-d", "-i", _folder.File("key")),
            plaintext => AgeCommand.Run("age", plaintext, [.. armored ? ["-a"] : Array.Empty<string>(), "-r", recipient]));
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public void Keys_of_ssh_with_age(string type)
    {
        AgeCommand.Run("ssh-keygen", [], "-q", "-t", type, "-N", "", "-C", "test", "-f", _folder.File("key"));
        string line = File.ReadAllText(_folder.File("key.pub")).Trim();
        BothWays(
            SealRecipient.Parse(line),
            SealIdentity.ReadFile(_folder.File("key"), []),
            armored: false,
            file => AgeCommand.Run("age", file, "-d", "-i", _folder.File("key")),
            plaintext => AgeCommand.Run("age", plaintext, "-r", line));
    }

    [Fact]
    public void The_hybrid_with_typage()
    {
        s_typage.SkipIfMissing();
        HybridIdentity identity = _bob.Keys.Keys[0].Hybrid;
        BothWays(
            _bob.Recipient,
            _bob.Keys.ToIdentities(),
            armored: false,
            file => Typage("open", identity.ExportText(), file),
            plaintext => Typage("seal", identity.Recipient.ToString(), plaintext));
    }

    [Fact]
    public void What_travels_of_sealing_keys_is_an_age_file()
    {
        byte[] file = _bob.Keys.ToFile("on the way");
        string text = Encoding.ASCII.GetString(SealedMessage.OpenRaw(file, _bob.OpeningTerms() with { Identities = [SealIdentity.OfPassphrase("on the way")] }));
        Assert.StartsWith("# SecureStation sealing keys 1\n", text, StringComparison.Ordinal);
        Assert.Contains(_bob.Keys.Keys[0].Hybrid.ExportText(), text, StringComparison.Ordinal);
    }

    private void BothWays(SealRecipient recipient, IReadOnlyList<SealIdentity> identities, bool armored, Func<byte[], byte[]> open, Func<byte[], byte[]> seal)
    {
        byte[] body = Encoding.UTF8.GetBytes(new string('x', 150_000) + "ü");
        OpeningTerms terms = _bob.OpeningTerms(_alice) with { Identities = identities };

        // A plain file, theirs and ours.
        Assert.Equal(body, SealedMessage.OpenRaw(seal(body), terms));
        Assert.Equal(body, open(SealedMessage.SealRaw(new SealingTerms { Sender = null, Recipients = [recipient] }, body, armored)));

        // A message of ours: they find the layout of docs/protocol/sealed.md, and can seal it as it is.
        byte[] plaintext = open(SealedMessage.Seal(_alice.Terms(recipient), body, armored));
        Assert.True(plaintext.AsSpan().StartsWith("SecureStation/1 sealed\n"u8));
        SealedMessage message = SealedMessage.Open(seal(plaintext), terms);
        Assert.Equal((Encoding.UTF8.GetString(body), "alice", true), (message.Body, message.Peer, message.Verified));
    }

    private static byte[] Typage(string task, string key, byte[] input) => AgeCommand.Finish(s_typage.Run("node", "typage_peer.mjs", task, key), "typage", input);
}
