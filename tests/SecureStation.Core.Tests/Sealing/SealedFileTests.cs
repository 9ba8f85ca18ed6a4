using System.Security.Cryptography;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Files: whole under their name, or not there.</summary>
public sealed class SealedFileTests : IDisposable
{
    private readonly SealParty _alice = new("alice"), _bob = new("bob");
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(300_000);

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_ways(bool armored)
    {
        var progress = new List<long>();
        string file = Seal(new SealedFileOptions { IsArmored = armored, Progress = new Told(progress) });
        Assert.Equal(_content.Length, progress[^1]);
        SealedFileResult result = Open(file, new SealedFileOptions { Progress = new Told(progress) });
        Assert.Equal(_content, File.ReadAllBytes(result.Path));
        Assert.Equal(("alice", true, SealSecrecy.Hybrid, _content.Length), (result.Peer, result.Verified, result.Secrecy, result.Length));
        Assert.Equal(_content.Length, progress[^1]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(result.Path));
        }
    }

    [Fact]
    public void A_plain_age_file_both_ways()
    {
        string file = Seal(new SealedFileOptions { IsRaw = true });
        SealedFileResult result = SealedFile.OpenRaw(File.OpenRead(file), _folder.File("out"), Terms, new SealedFileOptions());
        Assert.Equal(_content, File.ReadAllBytes(result.Path));
        Assert.Equal((null, false, true), (result.Peer, result.Verified, result.Forwardable));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-70_000)]
    [InlineData(200_000)]
    [InlineData(3000)]
    public void One_that_was_changed_or_cut_leaves_nothing(int at)
    {
        byte[] file = File.ReadAllBytes(Seal(new SealedFileOptions()));
        byte[] bad = at < 0 ? file[..(file.Length + at)] : [.. file];
        if (at > 0)
        {
            bad[at] ^= 1;
        }

        File.WriteAllBytes(_folder.File("bad"), bad);
        StationAssert.Fails(StationFault.SealBroken, () => Open(_folder.File("bad"), new SealedFileOptions()));
        NothingIsLeft();
    }

    [Fact]
    public void A_wrong_signature_leaves_nothing()
    {
        byte[] plaintext = SealedPlaintext.Of(File.ReadAllBytes(Seal(new SealedFileOptions())), _bob);
        plaintext[^10] ^= 1;
        File.WriteAllBytes(_folder.File("bad"), SealedPlaintext.Seal(plaintext, _bob.Recipient));
        StationAssert.Fails(StationFault.SealBroken, () => Open(_folder.File("bad"), new SealedFileOptions()));
        NothingIsLeft();
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_when_told()
    {
        string file = Seal(new SealedFileOptions());
        File.WriteAllText(_folder.File("out"), "mine");
        StationAssert.Fails(StationFault.AlreadyExists, () => Open(file, new SealedFileOptions()));
        Assert.Equal("mine", File.ReadAllText(_folder.File("out")));
        Open(file, new SealedFileOptions { Overwrite = true });
        Assert.Equal(_content, File.ReadAllBytes(_folder.File("out")));
        StationAssert.Fails(StationFault.AlreadyExists, () => Seal(new SealedFileOptions()));
    }

    [Fact]
    public void Who_stops_leaves_nothing()
    {
        string file = Seal(new SealedFileOptions());
        var stopped = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => Open(file, new SealedFileOptions { Token = stopped }));
        NothingIsLeft();
        Assert.Throws<OperationCanceledException>(() => SealedFile.Seal(new MemoryStream(_content), _folder.File("b.age"), _alice.Terms(_bob.Recipient), new SealedFileOptions { Token = stopped }));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Too_large_for_the_reader_leaves_nothing()
    {
        string file = Seal(new SealedFileOptions());
        StationAssert.Fails(StationFault.MessageTooLarge, () => SealedFile.Open(File.OpenRead(file), _ => _folder.File("out"), Terms with { MaxBodyLength = 100_000 }, new SealedFileOptions()));
        NothingIsLeft();
    }

    private OpeningTerms Terms => _bob.OpeningTerms(_alice) with { MaxBodyLength = long.MaxValue };

    private string Seal(SealedFileOptions options)
    {
        string path = _folder.File("a.age");
        SealedFile.Seal(new MemoryStream(_content), path, _alice.Terms(_bob.Recipient) with { Kind = SealedKind.File }, options);
        return path;
    }

    private SealedFileResult Open(string path, SealedFileOptions options)
    {
        using FileStream source = File.OpenRead(path);
        return SealedFile.Open(source, _ => _folder.File("out"), Terms, options);
    }

    private void NothingIsLeft() => Assert.DoesNotContain(Directory.GetFiles(_folder.Path), static path => Path.GetFileName(path).StartsWith("out", StringComparison.Ordinal));

    private sealed class Told(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}
