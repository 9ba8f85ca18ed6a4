using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Which keys are sealed to, and how recipients are named.</summary>
public sealed class SealRecipientTests(SealParties parties) : IClassFixture<SealParties>, IDisposable
{
    private readonly SealParty _alice = parties.Alice, _bob = parties.Bob;
    private readonly X25519Identity _old = X25519Identity.Generate();
    private readonly HybridIdentity _new = HybridIdentity.Generate();

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    private SealRecipient Old => SealRecipient.Parse(_old.Recipient.ToString());

    private SealRecipient New => SealRecipient.Parse(_new.Recipient.ToString());

    [Fact]
    public void A_card_beside_a_classical_recipient_is_refused_by_name_or_allowed_for_all()
    {
        StationException refused = StationAssert.Fails(StationFault.MixedRecipients, () => _alice.Seal("x", _bob.Recipient, Old));
        Assert.Contains(Old.Label, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", refused.Message, StringComparison.Ordinal);
        byte[] file = SealedMessage.Seal(_alice.Terms(_bob.Recipient, Old) with { AllowClassical = true }, "x"u8);
        Assert.Equal(SealSecrecy.Classical, _bob.Open(file, _alice).Secrecy);
    }

    [Fact]
    public void A_literal_chooses_by_itself()
    {
        Assert.Equal(SealSecrecy.Classical, Open(_alice.Seal("x", Old), _old).Secrecy);
        Assert.Equal(SealSecrecy.Hybrid, Open(_alice.Seal("x", New), _new).Secrecy);
        Assert.Equal(SealSecrecy.Hybrid, Open(_alice.Seal("x", New, _bob.Recipient), _new).Secrecy);
    }

    [Theory]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= me@home")]
    [InlineData("sk-ssh-ed25519@openssh.com AAAA")]
    public void A_key_that_only_signs_is_refused_with_those_that_can_receive(string line)
    {
        Assert.True(SealRecipient.IsLiteral(line));
        StationException refused = StationAssert.Fails(StationFault.InvalidKey, () => SealRecipient.Parse(line));
        Assert.Contains(line.Split(' ')[0], refused.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-ed25519 and ssh-rsa", refused.Message, StringComparison.Ordinal);
        Assert.False(SealRecipient.IsLiteral("ecdsa-sha2-nistp256"));
    }

    [Fact]
    public void What_has_only_hybrid_keys_is_never_mixed()
    {
        StationAssert.Fails(StationFault.MixedRecipients, () => _alice.Seal("x", New, Old));
        StationAssert.Fails(StationFault.MixedRecipients, () => SealedMessage.Seal(_alice.Terms(New, Old) with { AllowClassical = true }, "x"u8));
    }

    [Fact]
    public void Nobody_too_many_or_a_passphrase_with_company_is_refused()
    {
        using var passphrase = new SealPassphrase("x", workFactor: 10);
        StationAssert.Fails(StationFault.InvalidArgument, () => _alice.Seal("x"));
        StationAssert.Fails(StationFault.InvalidArgument, () => SealedMessage.Seal(_alice.Terms(_bob.Recipient) with { Passphrase = passphrase }, []));
        SealRecipient[] many = [.. Enumerable.Range(0, 129).Select(static _ => SealRecipient.Parse(X25519Identity.Generate().Recipient.ToString()))];
        StationAssert.Fails(StationFault.InvalidArgument, () => _alice.Seal("x", many));
        Assert.NotEmpty(_alice.Seal("x", many[..128]));
    }

    [Fact]
    public void Upper_case_is_the_same_recipient()
    {
        Assert.Equal(Old.Name, SealRecipient.Parse(_old.Recipient.ToString().ToUpperInvariant()).Name);
        Assert.StartsWith("age:", Old.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("age1qqqq")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3MAAAA")]
    [InlineData("age1pq1qqqq")]
    public void Mistyped_literals_are_refused(string text) => StationAssert.Fails(StationFault.InvalidKey, () => SealRecipient.Parse(text));

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519)]
    [InlineData(StationKeyAlgorithm.Rsa)]
    public void An_ssh_key_opens_as_a_file_and_is_named_by_its_fingerprint(StationKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair ssh = StationKeyPair.Generate(algorithm);
        KeyFile.WritePrivate(folder.File("id"), ssh, "secret", format: KeyFileFormat.OpenSsh);
        SealRecipient recipient = SealRecipient.Parse(ssh.PublicKey.ToOpenSsh() + " bob@host");
        Assert.Equal(ssh.Fingerprint.Text, recipient.Name);
        IReadOnlyList<SealIdentity> identities = SealIdentity.ReadFile(folder.File("id"), "secret");
        SealedMessage message = SealedMessage.Open(_alice.Seal("x", recipient), _bob.OpeningTerms(_alice) with { Identities = identities });
        Assert.Equal(("x", SealSecrecy.Classical), (message.Body, message.Secrecy));
        StationAssert.Fails(StationFault.WrongPassphrase, () => SealIdentity.ReadFile(folder.File("id"), "other"));
    }

    [Fact]
    public void An_ECDSA_ssh_key_is_refused()
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair ssh = StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256);
        KeyFile.WritePrivate(folder.File("id"), ssh, format: KeyFileFormat.OpenSsh);
        StationAssert.Fails(StationFault.InvalidKey, () => SealIdentity.ReadFile(folder.File("id"), []));
    }

    [Fact]
    public void Age_identity_files_are_read_plain_and_sealed()
    {
        using var folder = new TemporaryFolder();
        string text = $"# created: today\n# public key: {_old.Recipient}\n{_old.ExportText()}\r\n\n{_new.ExportText()}\n";
        File.WriteAllText(folder.File("plain"), text);
        using var passphrase = new SealPassphrase("secret", workFactor: 10);
        File.WriteAllBytes(folder.File("sealed"), SealedMessage.SealRaw(new SealingTerms { Sender = null, Passphrase = passphrase }, System.Text.Encoding.ASCII.GetBytes(text)));
        foreach (string file in new[] { "plain", "sealed" })
        {
            Assert.Equal([Old.Name, New.Name], SealIdentity.ReadFile(folder.File(file), "secret").SelectMany(static one => one.Names));
        }

        StationAssert.Fails(StationFault.WrongPassphrase, () => SealIdentity.ReadFile(folder.File("sealed"), "other"));
        StationAssert.Fails(StationFault.WrongPassphrase, () => SealIdentity.ReadFile(folder.File("sealed"), []));
        File.WriteAllText(folder.File("empty"), "# nothing\n");
        StationAssert.Fails(StationFault.InvalidKey, () => SealIdentity.ReadFile(folder.File("empty"), []));
        StationAssert.Fails(StationFault.NotFound, () => SealIdentity.ReadFile(folder.File("missing"), []));
    }

    [Fact]
    public void A_peer_without_a_card_cannot_be_sealed_for() => StationAssert.Fails(StationFault.NoCard, () =>
        SealRecipient.Of(new PeerRecord { Name = "x", Fingerprint = _bob.KeyPair.Fingerprint }, DateTimeOffset.UtcNow));

    private SealedMessage Open(byte[] file, AgeIdentity identity) =>
        SealedMessage.Open(file, _bob.OpeningTerms(_alice) with { Identities = [SealIdentity.OfAge(identity)] });
}
