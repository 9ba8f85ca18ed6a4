using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Storage;
using SecureStation.Core.Transcripts;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Storage;

/// <summary>What is no file is refused at once, and a store takes nothing that another user could have put there.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileGuardTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly StationKeyPair _key = StationKeyPair.Generate();
    private readonly KeyStore _keys;
    private readonly FileTrustStore _trust;

    public FileGuardTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes with names, modes and owners of files are Unix's.");
        _keys = new KeyStore(_folder.File("keys"));
        _trust = new FileTrustStore(_folder.File("peers"));
    }

    public static TheoryData<string> NoFiles => ["pipe", "device", "directory", "socket"];

    private string PrivatePath => Path.Combine(_keys.Directory, "alice.pem");

    private string RecordPath => Path.Combine(_trust.Directory, _key.Fingerprint.ToHex() + ".json");

    private string PinPath => Directory.GetFiles(_trust.Directory, "*.pin").Single();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(NoFiles))]
    public async Task What_is_no_file_is_refused_at_once_by_every_reader(string kind)
    {
        string path = Make(kind);
        foreach (Action read in new Action[]
        {
            () => KeyFile.ReadPrivate(path),
            () => KeyFile.ReadPublic(path),
            () => DhFile.ReadParameter(path),
            () => _ = NotaryLogFile.Read(path).Count(),
            () => NotaryLog.Open(path, _key),
        })
        {
            await RefusesAsync(StationFault.StorageFailed, read);
        }

        Assert.False(File.Exists(path + ".lock"));

        // A reader that asks first whether there is a file may also say that there is none.
        StationException e = await Assert.ThrowsAsync<StationException>(() => Task.Run(() => TranscriptFile.Read(path), TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.Contains(e.Fault, new[] { StationFault.NotFound, StationFault.StorageFailed });
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("device")]
    public async Task A_store_with_something_else_in_the_place_of_a_file_answers_at_once(string kind)
    {
        Fill();
        foreach (string file in new[] { PrivatePath, RecordPath, PinPath })
        {
            File.Delete(file);
            Make(kind, file);
        }

        await RefusesAsync(kind == "pipe" ? StationFault.StorageFailed : StationFault.InvalidKey, () => _keys.Load("alice"));
        Assert.NotNull((await Task.Run(_keys.List, TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken)).Single().Problem);
        StationFault fault = kind == "pipe" ? StationFault.StorageFailed : StationFault.TrustStoreInsecure;
        await RefusesAsync(fault, () => _trust.Find(_key.Fingerprint));
        await RefusesAsync(fault, () => _trust.FindPin("host:1"));
    }

    [Fact]
    public void A_file_may_be_reached_through_a_link_but_a_store_holds_none()
    {
        Fill();
        string link = _folder.File("link.pem");
        File.CreateSymbolicLink(link, PrivatePath);
        Assert.Equal(_key.Fingerprint, KeyFile.ReadPrivate(link).Fingerprint);

        foreach (string file in new[] { PrivatePath, RecordPath, PinPath })
        {
            string elsewhere = _folder.File(Path.GetFileName(file));
            File.Move(file, elsewhere);
            File.CreateSymbolicLink(file, elsewhere);
        }

        Assert.Contains("link", StationAssert.Fails(StationFault.InvalidKey, () => _keys.Load("alice")).Message, StringComparison.Ordinal);
        Assert.Equal(StationFault.InvalidKey, _keys.List().Single().Problem?.Fault);
        Assert.Contains("link", StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.Find(_key.Fingerprint)).Message, StringComparison.Ordinal);
        StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.FindPin("host:1"));
    }

    [Fact]
    public void The_stores_directories_themselves_may_be_links()
    {
        Fill();
        Directory.CreateSymbolicLink(_folder.File("keys-link"), _keys.Directory);
        Directory.CreateSymbolicLink(_folder.File("peers-link"), _trust.Directory);
        new KeyStore(_folder.File("keys-link")).Load("alice").Dispose();
        Assert.NotNull(new FileTrustStore(_folder.File("peers-link")).Find(_key.Fingerprint));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_store_that_others_can_write_to_is_refused(UnixFileMode others)
    {
        Fill();
        File.SetUnixFileMode(_keys.Directory, Owner | UnixFileMode.UserExecute | others);
        foreach (Action use in new Action[] { () => _keys.Load("alice"), () => _keys.List(), () => _keys.Save("bob", _key) })
        {
            Assert.Contains("chmod 700", StationAssert.Fails(StationFault.InvalidKey, use).Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(_keys.Directory, "bob.pem")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_record_or_pin_that_others_can_write_is_refused(UnixFileMode others)
    {
        Fill();
        File.SetUnixFileMode(RecordPath, Owner | others);
        StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.Find(_key.Fingerprint));
        File.SetUnixFileMode(RecordPath, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.NotNull(_trust.Find(_key.Fingerprint));

        File.SetUnixFileMode(PinPath, Owner | others);
        StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.FindPin("host:1"));
    }

    [Fact]
    public void What_belongs_to_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away.");
        Fill();
        Run("chown", "4242", PrivatePath);
        Assert.Contains("another user", StationAssert.Fails(StationFault.InvalidKey, () => _keys.Load("alice")).Message, StringComparison.Ordinal);
        Run("chown", "0", PrivatePath);
        _keys.Load("alice").Dispose();

        Run("chown", "4242", _keys.Directory, _trust.Directory);
        StationAssert.Fails(StationFault.InvalidKey, () => _keys.Load("alice"));
        StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.Find(_key.Fingerprint));
        Run("chown", "0", _trust.Directory);

        Run("chown", "4242", RecordPath);
        StationAssert.Fails(StationFault.TrustStoreInsecure, () => _trust.Find(_key.Fingerprint));
    }

    [Fact]
    public void A_larger_file_is_told_and_a_missing_one_is_missing()
    {
        File.WriteAllBytes(_folder.File("ten"), new byte[10]);
        Assert.Null(BoundedFile.Read(_folder.File("ten"), 9));
        Assert.Equal(10, BoundedFile.Read(_folder.File("ten"), 10)!.Length);
        Assert.Throws<FileNotFoundException>(() => BoundedFile.Read(_folder.File("eleven"), 10));
        Assert.Throws<FileNotFoundException>(() => BoundedFile.Read(Path.Combine(_folder.File("ten"), "below"), 10));
        StationAssert.Fails(StationFault.StorageFailed, () => BoundedFile.Read("a\0b", 10));
    }

    private static async Task RefusesAsync(StationFault fault, Action read)
    {
        StationException e = await Assert.ThrowsAsync<StationException>(() => Task.Run(read).WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.True(fault == e.Fault, $"{e.Fault} instead of {fault}: {e}");
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        Assert.True(process.WaitForExit(s_patience) && process.ExitCode == 0, $"{program} failed.");
    }

    private void Fill()
    {
        _keys.Save("alice", _key);
        _trust.Add(new PeerRecord { Name = "alice", Fingerprint = _key.Fingerprint, PublicKey = _key.PublicKey, Addresses = ["host:1"], Accept = true }, replace: false);
    }

    private string Make(string kind) => kind switch
    {
        "device" => "/dev/zero",
        "directory" => _folder.Path,
        _ => Make(kind, _folder.File(kind)),
    };

    private static string Make(string kind, string path)
    {
        switch (kind)
        {
            case "pipe":
                Run("mkfifo", "-m", "600", path);
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Bind(new UnixDomainSocketEndPoint(path));
                break;
        }

        return path;
    }
}
