using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Sealing keys in the key store: kept, renewed, forgotten, carried to other machines.</summary>
public sealed class SealingKeyStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private readonly SealParty _alice = new("alice");
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _alice.Dispose();
        _folder.Dispose();
    }

    private KeyStore Keys => new(_folder.Path);

    private SealingKeyStore Store => new(Keys);

    private StationKeyPair Bob(string passphrase = "") => Keys.Contains("bob") ? Keys.Load("bob", passphrase) : Keys.Save("bob", StationKeyPair.Generate(), passphrase);

    [Fact]
    public void They_lie_under_the_identity_s_passphrase()
    {
        StationCard card = Store.ExportCard(Bob("secret"), "bob", "secret", s_now);
        string file = File.ReadAllText(_folder.File("bob.sealing"));
        Assert.StartsWith("-----BEGIN AGE ENCRYPTED FILE-----", file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("bob.sealing")));
        }

        StationAssert.Fails(StationFault.WrongPassphrase, () => Store.Load("bob", "other"));
        StationAssert.Fails(StationFault.WrongPassphrase, () => Store.Load("bob", []));
        using StationSealingKeys keys = Store.Load("bob", "secret");
        Assert.True(keys.HasKeysOf(card));
        Assert.Equal((card.Serial, card.NotAfter), (keys.Keys[0].Serial, keys.Keys[0].Until));
        Assert.Equal(card, Store.FindCurrentCard("bob", card.PublicKey, s_now));
        Assert.Equal(["bob"], Store.List());
    }

    [Fact]
    public void In_clear_they_are_a_file_that_age_reads()
    {
        StationCard card = Store.ExportCard(Bob(), "bob", [], s_now);
        byte[] sealed_ = SealedMessage.SealRaw(new SealingTerms { Sender = null, Recipients = [SealRecipient.Parse(card.Recipients[1])] }, "x"u8);
        Assert.Equal("x"u8.ToArray(), Age.AgeCommand.Run("age", sealed_, "-d", "-i", X25519Only()));

        // Debian's age has no hybrid, and refuses a file with a line that it does not know.
        string X25519Only()
        {
            string path = _folder.File("for-age");
            File.WriteAllLines(path, File.ReadAllLines(_folder.File("bob.sealing")).Where(static line => !line.StartsWith("AGE-SECRET-KEY-PQ", StringComparison.Ordinal)));
            return path;
        }
    }

    [Fact]
    public void Old_ones_stay_and_open_until_they_are_forgotten()
    {
        StationCard first = Store.ExportCard(Bob(), "bob", [], s_now.AddDays(-10));
        byte[] old = _alice.Seal("x", SealRecipient.Of(first, "bob", s_now));
        StationCard second = Store.UpdateCard(Bob(), "bob", [], s_now.AddDays(-5));
        Assert.NotEqual(first.Recipients, second.Recipients);
        Assert.Equal(first.Box, second.Box);
        Assert.Equal("x", Open(old).Body);

        Store.UpdateCard(Bob(), "bob", [], s_now, forgetOlderThan: TimeSpan.FromDays(20));
        Assert.Equal("x", Open(old).Body);
        Store.UpdateCard(Bob(), "bob", [], s_now, forgetOlderThan: TimeSpan.FromDays(7));
        StationException refused = StationAssert.Fails(StationFault.SealingKeyMissing, () => Open(old));
        Assert.Equal(StationSubject.SealingKey, refused.Subject);
        using StationSealingKeys left = Store.Load("bob", []);
        Assert.Equal((3, false), (left.Keys.Count, left.IsComplete));
    }

    [Fact]
    public void Who_removes_the_newest_gets_new_ones_in_the_next_card()
    {
        StationCard first = Store.ExportCard(Bob(), "bob", [], s_now);
        StationCard second = Store.UpdateCard(Bob(), "bob", [], s_now);
        Assert.Equal([second.Serial], Store.Remove("bob", [], key => key.Serial == second.Serial).Select(static key => key.Serial));
        Assert.Null(Store.FindCard("bob"));
        StationCard third = Store.ExportCard(Bob(), "bob", [], s_now);
        Assert.True(third.Serial > second.Serial);
        Assert.Empty(third.Recipients.Intersect([.. first.Recipients, .. second.Recipients]));
        Assert.Equal(first.Box, third.Box);
        using StationSealingKeys keys = Store.Load("bob", []);
        Assert.True(keys.HasKeysOf(first) && keys.HasKeysOf(third) && !keys.HasKeysOf(second));
    }

    [Fact]
    public void Another_machine_gets_the_keys_and_not_the_identity()
    {
        StationCard card = Store.ExportCard(Bob(), "bob", [], s_now);
        byte[] mail = _alice.Seal("x", SealRecipient.Of(card, "bob", s_now));
        using StationSealingKeys keys = Store.Load("bob", []);
        File.WriteAllBytes(_folder.File("carried"), keys.ToCopy().ToFile("on the way"));
        using var elsewhere = new TemporaryFolder();
        var worker = new SealingKeyStore(new KeyStore(elsewhere.Path));
        using (StationSealingKeys carried = StationSealingKeys.ReadFile(_folder.File("carried"), "on the way"))
        {
            worker.Import("bob", carried, "here", overwrite: false);
        }

        using StationSealingKeys there = worker.Load("bob", "here");
        SealedMessage message = SealedMessage.Open(mail, _alice.OpeningTerms(_alice) with { Identities = there.ToIdentities() });
        Assert.Equal("x", message.Body);
        Assert.Equal((keys.Box, keys.Fingerprint, false), (there.Box, there.Fingerprint, there.IsComplete));
        Assert.False(new KeyStore(elsewhere.Path).Contains("bob"));
    }

    [Fact]
    public void An_import_adds_and_replaces_only_when_told()
    {
        Store.ExportCard(Bob(), "bob", [], s_now);
        using StationSealingKeys old = Store.Load("bob", []);
        byte[] carried = old.ToCopy().ToFile([]);
        StationCard second = Store.UpdateCard(Bob(), "bob", [], s_now.AddDays(1));
        File.WriteAllBytes(_folder.File("carried"), carried);
        Store.Import("bob", StationSealingKeys.ReadFile(_folder.File("carried"), []), [], overwrite: false);
        using StationSealingKeys both = Store.Load("bob", []);
        Assert.Equal((2, second.Serial), (both.Keys.Count, both.Keys[0].Serial));
        Assert.Equal(second, Store.ExportCard(Bob(), "bob", [], s_now.AddDays(1)));

        StationAssert.Fails(StationFault.AlreadyExists, () => Store.Import("bob", _alice.Keys, [], overwrite: false));
        Store.Import("bob", _alice.Keys, [], overwrite: true);
        StationAssert.Fails(StationFault.InvalidKey, () => Store.ExportCard(Bob(), "bob", [], s_now.AddDays(80)));
    }

    [Fact]
    public void Removing_the_identity_removes_them_too()
    {
        Store.ExportCard(Bob(), "bob", [], s_now);
        Keys.Remove("bob");
        Assert.Empty(Directory.GetFiles(_folder.Path, "bob*"));
        StationAssert.Fails(StationFault.SealingKeyMissing, () => Store.Load("bob", []));
    }

    [Fact]
    public void Damaged_or_open_files_are_refused()
    {
        Store.ExportCard(Bob(), "bob", [], s_now);
        string path = _folder.File("bob.sealing"), text = File.ReadAllText(path);
        foreach (string bad in new[] { "", "hello", text[..^30], text.Replace("identity", "Identity", StringComparison.Ordinal), text.Replace("until", "till", StringComparison.Ordinal) })
        {
            File.WriteAllText(path, bad);
            StationAssert.Fails(StationFault.InvalidKey, () => Store.Load("bob", []));
        }

        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
            StationAssert.Fails(StationFault.InvalidKey, () => Store.Load("bob", []));
        }
    }

    private SealedMessage Open(byte[] file)
    {
        using StationSealingKeys keys = Store.Load("bob", []);
        return SealedMessage.Open(file, _alice.OpeningTerms(_alice) with { Identities = keys.ToIdentities(), AreComplete = keys.IsComplete });
    }
}
