using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public sealed class PeerCapabilitiesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Empty_allows_everything_and_a_list_only_what_it_names()
    {
        Assert.True(PeerCapabilities.All.Allow("anything"));
        var some = new PeerCapabilities(["request", "FILE", "file"]);
        Assert.Equal(["file", "request"], some);
        Assert.Equal("file;request", some.ToString());
        Assert.True(some.Allow("file"));
        Assert.False(some.Allow("File"));
        Assert.False(some.Allow(""));
        Assert.False(some.Allow("dh"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("file\n")]
    [InlineData("ä")]
    [InlineData("a23456789012345678901234567890123")]
    public void What_is_no_name_is_refused(string name) => StationAssert.Fails(StationFault.InvalidArgument, () => _ = new PeerCapabilities([name]));

    [Fact]
    public void They_are_kept_and_so_are_those_of_a_later_version()
    {
        var store = new FileTrustStore(_folder.File("peers"));
        PeerRecord peer = Peers.New("alice") with { Capabilities = ["request", "teleport"] };
        store.Add(peer, replace: false);
        Assert.Equal(["request", "teleport"], store.Find(peer.Fingerprint)!.Capabilities);
        store.Update(peer.Fingerprint, static record => record with { Name = "alicia" });
        Assert.Equal(["request", "teleport"], store.Find(peer.Fingerprint)!.Capabilities);
        store.Update(peer.Fingerprint, static record => record with { Capabilities = [] });
        Assert.Empty(store.Find(peer.Fingerprint)!.Capabilities);
        Assert.DoesNotContain("capabilities", File.ReadAllText(PeerFile.Path(store.Directory, peer.Fingerprint)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[null]")]
    [InlineData("[\"a b\"]")]
    [InlineData("{}")]
    public void A_record_whose_list_is_none_is_damaged_and_allows_nothing(string list)
    {
        var store = new FileTrustStore(_folder.File("peers"));
        PeerRecord peer = Peers.New("alice") with { Capabilities = ["dh"] };
        store.Add(peer, replace: false);
        string path = PeerFile.Path(store.Directory, peer.Fingerprint);
        string content = string.Join('\n', File.ReadAllText(path).Split('\n')[..^2]);
        int start = content.IndexOf('[', StringComparison.Ordinal);
        File.WriteAllBytes(path, ChecksummedFile.Format(content[..start] + list + content[(content.IndexOf(']', StringComparison.Ordinal) + 1)..]));
        StationAssert.Fails(StationFault.TrustStoreDamaged, () => store.Find(peer.Fingerprint));
    }
}
