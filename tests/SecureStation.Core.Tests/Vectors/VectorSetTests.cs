namespace SecureStation.Core.Tests.Vectors;

/// <summary>Where published sets are looked for.</summary>
public sealed class VectorSetTests : IDisposable
{
    private const string NoiseText = """{ "vectors": [ { "protocol_name": "Noise_NN_25519_AESGCM_SHA256", "messages": [] } ] }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A folder that holds nothing would let a wrong path pass for a run of all vectors.</summary>
    [Fact]
    public void STATION_VECTORS_names_folders_with_vectors() => Assert.All(VectorSet.NamedRoots(), root =>
    {
        Assert.True(Directory.Exists(root), $"STATION_VECTORS names '{root}', which is no folder.");
        Assert.True(VectorSet.All.Any(set => set.FilesIn(root).Count > 0), $"STATION_VECTORS names '{root}', which holds none of {string.Join(", ", VectorSet.All)}.");
    });

    [Theory]
    [InlineData("a folder of sets", "wycheproof/x25519_test.json", "")]
    [InlineData("the set", "wycheproof/x25519_test.json", "wycheproof")]
    [InlineData("another set beside it", "wycheproof/x25519_test.json", "noise")]
    [InlineData("a clone", "testvectors_v1/x25519_test.json", "")]
    [InlineData("a clone's folder", "testvectors_v1/x25519_test.json", "testvectors_v1")]
    public void Wycheproof_is_found(string what, string file, string root) => Found(VectorSet.Wycheproof, what, file, root, "{}");

    [Theory]
    [InlineData("a folder of sets", "noise/any name.json", "")]
    [InlineData("the set", "noise/any name.json", "noise")]
    [InlineData("another set beside it", "noise/any name.json", "wycheproof")]
    [InlineData("a clone", "vectors/cacophony.txt", "")]
    [InlineData("a clone's folder", "vectors/cacophony.txt", "vectors")]
    public void Noise_is_found(string what, string file, string root) => Found(VectorSet.Noise, what, file, root, NoiseText);

    [Theory]
    [InlineData("a folder of sets", "cctv-mlkem/modulus-768.txt.gz", "")]
    [InlineData("the set", "cctv-mlkem/unluckysample-768.txt", "cctv-mlkem")]
    [InlineData("a clone", "ML-KEM/modulus/ML-KEM-768.txt.gz", "")]
    public void Cctv_is_found(string what, string file, string root) => Found(VectorSet.CctvMLKem, what, file, root, string.Empty);

    [Theory]
    [InlineData("a folder of sets", "noise-hfs/own.json", "")]
    [InlineData("the set", "noise-hfs/libp2p.json", "noise-hfs")]
    [InlineData("a clone", "vectors/pqc-test-vectors.json", "")]
    public void Noise_with_a_KEM_is_found(string what, string file, string root) => Found(VectorSet.NoiseHfs, what, file, root, "{}");

    [Theory]
    [InlineData("a folder of sets", "age/testkit/x25519", "")]
    [InlineData("the set", "age/testkit/x25519", "age")]
    [InlineData("a folder of files", "age/x25519", "age")]
    [InlineData("a clone", "age/testdata/x25519", "")]
    [InlineData("a clone's folder", "age/testdata/x25519", "age/testdata")]
    public void Age_is_found(string what, string file, string root) => Found(VectorSet.Age, what, file, root, "expect: success\n");

    [Fact]
    public void Other_files_are_no_vectors()
    {
        File.WriteAllText(_folder.File("package.json"), "{}");
        File.WriteAllText(_folder.File("list.json"), """{ "vectors": [ 1 ] }""");
        File.WriteAllText(_folder.File("hybrid.json"), NoiseText.Replace("NN_", "NNhfs_", StringComparison.Ordinal));
        File.WriteAllText(_folder.File("notes.txt"), "no JSON");
        Assert.All(VectorSet.All, set => Assert.Empty(set.FilesIn(_folder.Path)));
    }

    private void Found(VectorSet set, string what, string file, string root, string text)
    {
        string path = Path.GetFullPath(Path.Combine(_folder.Path, file));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.Combine(_folder.Path, root));
        File.WriteAllText(path, text);
        Assert.True(set.FilesIn(Path.Combine(_folder.Path, root)).SequenceEqual([path]), what);
    }
}
